using System.Text;
using System.Text.Json;

namespace Offstage.Agents.BuiltIn.Conversations;

/// <summary>Entries as lines of JSON, and back from a file that may have been torn at any byte.</summary>
internal static class ConversationLines
{
    /// <summary>Each line begins with a line end of its own, so that one that was torn before it does not swallow it. Never empty.</summary>
    public static byte[] Write(IReadOnlyCollection<Entry> entries)
    {
        using var lines = new MemoryStream();
        if (entries.Count == 0)
            lines.WriteByte((byte)'\n');
        foreach (var entry in entries)
        {
            lines.WriteByte((byte)'\n');
            JsonSerializer.Serialize(lines, entry, EntryJson.Default.Entry);
            lines.WriteByte((byte)'\n');
        }

        return lines.ToArray();
    }

    /// <returns>A valid conversation: what cannot be read is left out, see <see cref="ConversationRepair"/>.</returns>
    public static IReadOnlyList<Entry> Read(ReadOnlySpan<byte> file)
    {
        var entries = new List<Entry>();
        foreach (var range in file.Split((byte)'\n'))
        {
            var line = file[range].Trim(" \r\0"u8);
            if (!line.IsEmpty && ReadLine(line) is { } entry)
                entries.Add(entry);
        }

        return ConversationRepair.Repair(entries);
    }

    private static Entry? ReadLine(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, EntryJson.Default.Entry);
        }
        catch (Exception torn) when (torn is JsonException or NotSupportedException or DecoderFallbackException)
        {
            // Cut off by the end of its writer, or written by a later version.
            return null;
        }
    }
}
