using System.Text;

namespace Offstage.Shell.RegularExpressions;

/// <summary>Ranges of code points as sequences of byte ranges.</summary>
internal static class Utf8Sequences
{
    private const int StrayBase = 0x110000;

    /// <summary>The member of a set that stands for a byte which is no part of a character.</summary>
    public static int StrayByte(int value) => StrayBase + value;

    /// <summary>Splits a range into sequences, each at most four byte ranges long, that together match its characters and no more.</summary>
    public static void Split(int first, int last, List<(byte Low, byte High)[]> sequences)
    {
        if (first > last) return;
        if (first >= StrayBase)
        {
            for (int c = first; c <= Math.Min(last, StrayBase + 255); c++) sequences.Add([((byte)(c - StrayBase), (byte)(c - StrayBase))]);
            return;
        }

        // Surrogates are no characters.
        if (first < 0xD800 && last > 0xD7FF)
        {
            Split(first, 0xD7FF, sequences);
            Split(0xE000, last, sequences);
            return;
        }

        if (first is >= 0xD800 and <= 0xDFFF) first = 0xE000;
        if (last is >= 0xD800 and <= 0xDFFF) last = 0xD7FF;
        if (first > last) return;
        foreach (int limit in (ReadOnlySpan<int>)[0x7F, 0x7FF, 0xFFFF])
        {
            if (first > limit || last <= limit) continue;
            Split(first, limit, sequences);
            Split(limit + 1, last, sequences);
            return;
        }

        if (last <= 0x7F)
        {
            sequences.Add([((byte)first, (byte)last)]);
            return;
        }

        for (int i = 1; i < 4; i++)
        {
            int mask = (1 << (6 * i)) - 1;
            if ((first & ~mask) == (last & ~mask)) continue;
            if ((first & mask) != 0)
            {
                Split(first, first | mask, sequences);
                Split((first | mask) + 1, last, sequences);
                return;
            }

            if ((last & mask) != mask)
            {
                Split(first, (last & ~mask) - 1, sequences);
                Split(last & ~mask, last, sequences);
                return;
            }
        }

        Span<byte> low = stackalloc byte[4], high = stackalloc byte[4];
        int length = new Rune(first).EncodeToUtf8(low);
        new Rune(last).EncodeToUtf8(high);
        var sequence = new (byte, byte)[length];
        for (int i = 0; i < length; i++) sequence[i] = (low[i], high[i]);
        sequences.Add(sequence);
    }
}
