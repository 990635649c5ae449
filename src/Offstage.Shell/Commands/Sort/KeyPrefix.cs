namespace Offstage.Shell.Commands.Sort;

/// <summary>Keys as integers that stand in the same order, as far as eight bytes tell it.</summary>
internal static class KeyPrefix
{
    /// <summary>The next eight bytes of a key that count, folded as the rules say; zeros behind its end.</summary>
    /// <param name="at">Where the key goes on; moved behind what was taken.</param>
    /// <param name="taken">How many bytes were taken: fewer than eight at the end of the key.</param>
    public static ulong Take(byte[] content, ref int at, int end, SortRules rules, out int taken)
    {
        if (rules.IsPlain)
        {
            taken = Math.Min(8, end - at);
            ulong plain = at + 8 <= content.Length ? System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(content.AsSpan(at)) : Padded(content.AsSpan(at));
            at += taken;
            return taken switch { 8 => plain, 0 => 0, _ => plain & (ulong.MaxValue << (64 - (8 * taken))) };
        }

        ulong prefix = 0;
        for (taken = 0; at < end && taken < 8; at++)
        {
            if (!KeyComparison.Counts(content[at], rules)) continue;
            prefix |= (ulong)KeyComparison.Fold(content[at], rules) << (56 - (8 * taken));
            taken++;
        }

        return prefix;
    }

    /// <summary>A number as far as a double tells it; those that look equal are compared by their digits.</summary>
    /// <param name="isExact">Whether two numbers of which this is true are equal when their prefixes are.</param>
    public static ulong Number(ReadOnlySpan<byte> text, out bool isExact)
    {
        double number = Value(text, out isExact);
        ulong bits = BitConverter.DoubleToUInt64Bits(number == 0 ? 0 : number);
        return (bits & 0x8000_0000_0000_0000) != 0 ? ~bits : bits | 0x8000_0000_0000_0000;
    }

    private static ulong Padded(ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int i = 0; i < bytes.Length; i++) value |= (ulong)bytes[i] << (56 - (8 * i));
        return value;
    }

    private static double Value(ReadOnlySpan<byte> text, out bool isExact)
    {
        int at = 0;
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\t') at++;
        bool negative = at < text.Length && text[at] == '-';
        if (negative) at++;
        // Digits beyond the fifteenth are left to the comparison: here they must not make two numbers seem unequal the wrong way.
        double value = 0;
        int digits = 0;
        isExact = true;
        while (at < text.Length && (uint)(text[at] - '0') <= 9)
        {
            if (digits < 15) value = (value * 10) + text[at] - '0';
            else (value, isExact) = (value * 10, false);
            if (value > 0) digits++;
            at++;
        }

        if (at < text.Length && text[at] == '.')
        {
            isExact = false;
            double unit = 1;
            double fraction = 0;
            for (at++; at < text.Length && (uint)(text[at] - '0') <= 9 && digits < 15; at++)
            {
                fraction = (fraction * 10) + text[at] - '0';
                unit *= 10;
                digits++;
            }

            value += fraction / unit;
        }

        return negative ? -value : value;
    }
}
