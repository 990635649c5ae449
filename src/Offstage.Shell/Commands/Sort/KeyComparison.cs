using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Sort;

/// <summary>Compares two keys by their rules.</summary>
internal static class KeyComparison
{
    public static int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, SortRules rules)
    {
        int order = rules.Order switch
        {
            SortOrder.Numeric => Numeric(a, b),
            SortOrder.GeneralNumeric => General(a, b),
            SortOrder.HumanNumeric => Human(a, b),
            SortOrder.Month => Month(a).CompareTo(Month(b)),
            SortOrder.Version => VersionOrder.Compare(a, b),
            SortOrder.Random => Hash(a).CompareTo(Hash(b)),
            _ => rules.IsPlain ? a.SequenceCompareTo(b) : Filtered(a, b, rules),
        };
        return rules.Reverse ? -order : order;
    }

    /// <summary>Compares numbers of any length by their digits.</summary>
    public static int Numeric(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var x = Decimal.Read(a, out bool negativeA);
        var y = Decimal.Read(b, out bool negativeB);
        if (negativeA != negativeB) return negativeA ? -1 : 1;
        int order = x.Whole.Length != y.Whole.Length ? x.Whole.Length.CompareTo(y.Whole.Length) : x.Whole.SequenceCompareTo(y.Whole);
        if (order == 0) order = x.Fraction.SequenceCompareTo(y.Fraction);
        return negativeA ? -order : order;
    }

    private static int General(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        double x = CNumber.Prefix(a, out int lengthA), y = CNumber.Prefix(b, out int lengthB);
        // What is no number comes first, then NaN, then numbers.
        int rankA = lengthA == 0 ? 0 : double.IsNaN(x) ? 1 : 2, rankB = lengthB == 0 ? 0 : double.IsNaN(y) ? 1 : 2;
        return rankA != rankB || rankA < 2 ? rankA.CompareTo(rankB) : x.CompareTo(y);
    }

    private static int Human(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        int x = Unit(a), y = Unit(b);
        return x != y ? x.CompareTo(y) : Numeric(a, b);
    }

    private static int Unit(ReadOnlySpan<byte> text)
    {
        int at = 0;
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\t') at++;
        bool negative = at < text.Length && text[at] == '-';
        if (negative) at++;
        int start = at;
        bool zero = true;
        while (at < text.Length && (char.IsAsciiDigit((char)text[at]) || text[at] is (byte)'.' or (byte)','))
        {
            zero &= text[at] is (byte)'0' or (byte)'.';
            at++;
        }

        if (at == start || zero || at >= text.Length) return 0;
        int unit = "KMGTPEZY".IndexOf(text[at] == 'k' ? 'K' : (char)text[at]) + 1;
        return negative ? -unit : unit;
    }

    private static int Month(ReadOnlySpan<byte> text)
    {
        text = text.TrimStart(" \t"u8);
        if (text.Length < 3) return 0;
        string name = Latin.Text(text[..3]).ToUpperInvariant();
        return "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC".IndexOf(name, StringComparison.Ordinal) is >= 0 and var at && at % 3 == 0 ? (at / 3) + 1 : 0;
    }

    private static int Filtered(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, SortRules rules)
    {
        int i = 0, j = 0;
        while (true)
        {
            while (i < a.Length && !Counts(a[i], rules)) i++;
            while (j < b.Length && !Counts(b[j], rules)) j++;
            if (i >= a.Length || j >= b.Length) return (i < a.Length).CompareTo(j < b.Length);
            int x = Fold(a[i++], rules), y = Fold(b[j++], rules);
            if (x != y) return x - y;
        }
    }

    public static bool Counts(byte b, SortRules rules)
        => (!rules.Dictionary || char.IsAsciiLetterOrDigit((char)b) || b is (byte)' ' or (byte)'\t') && (!rules.IgnoreNonprinting || b is >= 32 and < 127);

    public static int Fold(byte b, SortRules rules) => rules.IgnoreCase && b is >= (byte)'a' and <= (byte)'z' ? b - 32 : b;

    private static int Hash(ReadOnlySpan<byte> text)
    {
        uint hash = 2166136261;
        foreach (byte b in text) hash = (hash ^ b) * 16777619;
        return (int)(hash * 0x9E3779B1);
    }

    private readonly ref struct Decimal(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction)
    {
        public readonly ReadOnlySpan<byte> Whole = whole;
        public readonly ReadOnlySpan<byte> Fraction = fraction;

        public static Decimal Read(ReadOnlySpan<byte> text, out bool negative)
        {
            int at = 0;
            while (at < text.Length && text[at] is (byte)' ' or (byte)'\t') at++;
            negative = at < text.Length && text[at] == '-';
            if (negative) at++;
            while (at < text.Length && text[at] == '0') at++;
            int start = at;
            while (at < text.Length && (uint)(text[at] - '0') <= 9) at++;
            var whole = text[start..at];
            ReadOnlySpan<byte> fraction = default;
            if (at < text.Length && text[at] == '.')
            {
                int from = ++at;
                while (at < text.Length && (uint)(text[at] - '0') <= 9) at++;
                fraction = text[from..at].TrimEnd((byte)'0');
            }

            if (whole.IsEmpty && fraction.IsEmpty) negative = false;
            return new(whole, fraction);
        }
    }
}
