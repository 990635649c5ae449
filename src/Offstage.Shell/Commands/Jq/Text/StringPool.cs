using System.Text;

namespace Offstage.Shell.Commands.Jq;

/// <summary>Gives the same string for the same short text, so that the keys of many objects are one.</summary>
internal sealed class StringPool
{
    private const int Slots = 1024;
    private const int LengthMax = 32;

    private readonly string?[] known = new string?[Slots];

    public string Text(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > LengthMax) return Encoding.UTF8.GetString(utf8);
        uint hash = 2166136261;
        foreach (byte b in utf8) hash = (hash ^ b) * 16777619;
        ref string? slot = ref known[hash % Slots];
        if (slot is not null && slot.Length == utf8.Length && Ascii.Equals(utf8, slot)) return slot;
        return slot = Encoding.UTF8.GetString(utf8);
    }

}
