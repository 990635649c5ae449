using System.Buffers;
using System.Text.Json;

namespace Offstage.Processes.JsonRpc;

/// <summary>A line as JSON that owns its memory.</summary>
internal static class LineParser
{
    /// <exception cref="JsonException">It is none.</exception>
    public static JsonElement Parse(ReadOnlySequence<byte> line)
    {
        if (line.IsSingleSegment)
            return JsonElement.Parse(line.FirstSpan);
        var length = (int)line.Length;
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            line.CopyTo(rented);
            return JsonElement.Parse(rented.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
