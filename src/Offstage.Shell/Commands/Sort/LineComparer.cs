using System.Buffers.Binary;

namespace Offstage.Shell.Commands.Sort;

/// <summary>A line of the content that is sorted.</summary>
/// <param name="Prefix">The first eight bytes, or the number, in an order that integers have too: most comparisons need no more.</param>
internal readonly record struct SortLine(ulong Prefix, int Start, int Length);

/// <summary>Compares lines by their keys, then as a whole, then by their place.</summary>
internal sealed class LineComparer(byte[] content, SortKey[] keys, SortRules global, int separator, bool stable, bool plain, CommandContext context) : IComparer<SortLine>
{
    private readonly SortRules? numberRules = keys.Length == 0 && global.Order == SortOrder.Numeric ? global : keys.Length > 0 && keys[0].Rules.Order == SortOrder.Numeric ? keys[0].Rules : null;
    private readonly bool plainReverse = global.Reverse;
    private int comparisons;

    public SortLine[] Lines(byte terminator)
    {
        var lines = new SortLine[content.AsSpan().Count(terminator)];
        int start = 0;
        for (int i = 0; i < lines.Length; i++)
        {
            int length = content.AsSpan(start).IndexOf(terminator);
            lines[i] = new SortLine(Prefix(content.AsSpan(start, length)), start, length);
            start += length + 1;
            if ((i & 0xFFF) == 0) context.Check();
        }

        return lines;
    }

    public ReadOnlySpan<byte> Text(SortLine line) => content.AsSpan(line.Start, line.Length);

    public int Compare(SortLine x, SortLine y)
    {
        if ((++comparisons & 0xFFF) == 0) context.Check();
        if (plain)
        {
            int plainOrder = x.Prefix != y.Prefix ? x.Prefix.CompareTo(y.Prefix) : Text(x).SequenceCompareTo(Text(y));
            return plainOrder == 0 ? x.Start.CompareTo(y.Start) : plainReverse ? -plainOrder : plainOrder;
        }

        int order = CompareForCheck(x, y);
        return order != 0 ? order : x.Start.CompareTo(y.Start);
    }

    /// <summary>Without the place: two lines that are equal in all may stand in either order.</summary>
    public int CompareForCheck(SortLine x, SortLine y)
    {
        int order = CompareKeys(x, y);
        if (order != 0 || stable) return order;
        order = Text(x).SequenceCompareTo(Text(y));
        return global.Reverse ? -order : order;
    }

    public int CompareKeys(SortLine x, SortLine y)
    {
        if (numberRules is not null && x.Prefix != y.Prefix) return numberRules.Reverse ? y.Prefix.CompareTo(x.Prefix) : x.Prefix.CompareTo(y.Prefix);
        var a = Text(x);
        var b = Text(y);
        if (keys.Length == 0)
        {
            if (global.SkipStartBlanks)
            {
                a = a.TrimStart(" \t"u8);
                b = b.TrimStart(" \t"u8);
            }

            return KeyComparison.Compare(a, b, global);
        }

        foreach (var key in keys)
        {
            int order = KeyComparison.Compare(key.Of(a, separator), key.Of(b, separator), key.Rules);
            if (order != 0) return order;
        }

        return 0;
    }

    private ulong Prefix(ReadOnlySpan<byte> line)
    {
        if (numberRules is not null)
        {
            double number = Number(keys.Length > 0 ? keys[0].Of(line, separator) : line);
            if (number == 0) number = 0;
            ulong bits = BitConverter.DoubleToUInt64Bits(number);
            return (bits & 0x8000_0000_0000_0000) != 0 ? ~bits : bits | 0x8000_0000_0000_0000;
        }

        Span<byte> first = stackalloc byte[8];
        first.Clear();
        line[..Math.Min(8, line.Length)].CopyTo(first);
        return BinaryPrimitives.ReadUInt64BigEndian(first);
    }

    /// <summary>The number as far as a double tells it; those that look equal are compared by their digits.</summary>
    private static double Number(ReadOnlySpan<byte> text)
    {
        int at = 0;
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\t') at++;
        bool negative = at < text.Length && text[at] == '-';
        if (negative) at++;
        // Digits beyond the seventeenth are left to the comparison: here they must not make two numbers seem unequal the wrong way.
        double value = 0;
        int digits = 0;
        while (at < text.Length && (uint)(text[at] - '0') <= 9)
        {
            if (digits < 15) value = (value * 10) + text[at] - '0';
            else value *= 10;
            if (value > 0) digits++;
            at++;
        }

        if (at < text.Length && text[at] == '.')
        {
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
