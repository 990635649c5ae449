using System.Text;
using System.Text.Json;

namespace Offstage.ScriptAgent;

/// <summary>Lines that put the reader at the other end to the test.</summary>
internal static class Misbehaviour
{
    public static ReadOnlyMemory<byte> Garbage { get; } = "this is not JSON"u8.ToArray();

    /// <summary>A notification of a kind that nobody knows.</summary>
    public static ReadOnlyMemory<byte> UnknownNotice(string text)
        => Encoding.UTF8.GetBytes($$$"""{"jsonrpc":"2.0","method":"of/the/future","params":{"text":"{{{JsonEncodedText.Encode(text)}}}"}}""");

    /// <summary>A well-formed notification of exactly so many bytes, as far as its frame allows.</summary>
    public static ReadOnlyMemory<byte> Flood(int bytes)
    {
        var head = """{"jsonrpc":"2.0","method":"flood","params":{"text":" """u8.TrimEnd((byte)' ');
        var tail = "\"}}"u8;
        var line = new byte[Math.Max(bytes, head.Length + tail.Length)];
        line.AsSpan().Fill((byte)'x');
        head.CopyTo(line);
        tail.CopyTo(line.AsSpan(line.Length - tail.Length));
        return line;
    }
}
