namespace Offstage.Shell.Commands.Sort;

/// <summary>The order of version numbers, as GNU's filevercmp has it: digits by value, letters before others, <c>~</c> before all.</summary>
internal static class VersionOrder
{
    public static int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        if (a.IsEmpty || b.IsEmpty) return (!a.IsEmpty).CompareTo(!b.IsEmpty);
        // Hidden files come first, and . and .. before them.
        if (a[0] == '.' || b[0] == '.')
        {
            if (a[0] != '.') return 1;
            if (b[0] != '.') return -1;
            foreach (var special in (ReadOnlySpan<string>)[".", ".."])
            {
                bool x = a.Length == special.Length && a.IndexOfAnyExcept((byte)'.') < 0, y = b.Length == special.Length && b.IndexOfAnyExcept((byte)'.') < 0;
                if (x != y) return x ? -1 : 1;
                if (x) return 0;
            }
        }

        int stemA = Stem(a), stemB = Stem(b);
        int order = Parts(a[..stemA], b[..stemB]);
        return order != 0 ? order : Parts(a, b) is not 0 and var whole ? whole : a.SequenceCompareTo(b);
    }

    /// <summary>Without a suffix such as <c>.tar.gz</c>.</summary>
    private static int Stem(ReadOnlySpan<byte> text)
    {
        int end = text.Length;
        while (true)
        {
            int dot = text[..end].LastIndexOf((byte)'.');
            if (dot <= 0 || dot + 1 >= end || !(char.IsAsciiLetter((char)text[dot + 1]) || text[dot + 1] == '~')) return end;
            for (int i = dot + 1; i < end; i++)
            {
                if (!char.IsAsciiLetterOrDigit((char)text[i]) && text[i] != '~') return end;
            }

            end = dot;
        }
    }

    private static int Parts(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        int i = 0, j = 0;
        while (i < a.Length || j < b.Length)
        {
            while ((i < a.Length && !IsDigit(a[i])) || (j < b.Length && !IsDigit(b[j])))
            {
                int x = i < a.Length ? Rank(a[i]) : -1, y = j < b.Length ? Rank(b[j]) : -1;
                if (i >= a.Length) x = -1;
                if (j >= b.Length) y = -1;
                if (x != y) return x.CompareTo(y);
                i++;
                j++;
            }

            while (i < a.Length && a[i] == '0') i++;
            while (j < b.Length && b[j] == '0') j++;
            int difference = 0;
            while (i < a.Length && j < b.Length && IsDigit(a[i]) && IsDigit(b[j]))
            {
                if (difference == 0) difference = a[i].CompareTo(b[j]);
                i++;
                j++;
            }

            if (i < a.Length && IsDigit(a[i])) return 1;
            if (j < b.Length && IsDigit(b[j])) return -1;
            if (difference != 0) return difference;
        }

        return 0;
    }

    private static bool IsDigit(byte b) => (uint)(b - '0') <= 9;

    /// <summary>The end of the text stands at -1, between <c>~</c> and digits.</summary>
    private static int Rank(byte b) => IsDigit(b) ? 0 : char.IsAsciiLetter((char)b) ? b : b == '~' ? -2 : b + 256;
}
