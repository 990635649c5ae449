using Offstage.Shell.Commands.Text;
using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Coreutils;

/// <summary>A string of tr, with its ranges, classes and repetitions written out.</summary>
/// <param name="HasCaseClass">Whether it names <c>[:upper:]</c> or <c>[:lower:]</c>.</param>
internal sealed record TrSet(List<byte> Bytes, bool HasCaseClass, bool HasOtherClass)
{
    /// <param name="fill">How long <c>[c*]</c> makes the set.</param>
    public static TrSet Parse(string text, int fill = 0)
    {
        var bytes = new List<byte>();
        bool caseClass = false, otherClass = false;
        (int At, byte Value)? filler = null;
        var units = Units(text);
        for (int i = 0; i < units.Count;)
        {
            if (Class(units, i) is { } name)
            {
                if (name is "upper" or "lower") caseClass = true;
                else otherClass = true;
                var ranges = CharacterClasses.Find(name, utf8: false) ?? throw new CommandFailedException($"invalid character class {Latin.Quote(name)}");
                foreach (var (first, last) in ranges)
                {
                    for (int c = first; c <= last; c++) bytes.Add((byte)c);
                }

                i += name.Length + 4;
            }
            else if (units[i] is { Value: (byte)'[', Escaped: false } && i + 4 < units.Count && Is(units, i + 1, '=') && Is(units, i + 3, '=') && Is(units, i + 4, ']'))
            {
                bytes.Add(units[i + 2].Value);
                i += 5;
            }
            else if (units[i] is { Value: (byte)'[', Escaped: false } && i + 3 < units.Count && Is(units, i + 2, '*') && Close(units, i + 3) is > 0 and var close)
            {
                string digits = Latin.Text([.. units.GetRange(i + 3, close - i - 3).Select(u => u.Value)]);
                if (digits.AsSpan().IndexOfAnyExceptInRange('0', '9') >= 0) throw new CommandFailedException($"invalid repeat count {Latin.Quote(digits)} in [c*n] construct");
                long count = digits.Length == 0 ? 0 : digits.StartsWith('0') ? Convert.ToInt64(digits, 8) : long.Parse(digits);
                if (count == 0) filler = (bytes.Count, units[i + 1].Value);
                else bytes.AddRange(Enumerable.Repeat(units[i + 1].Value, (int)Math.Min(count, 100_000)));
                i = close + 1;
            }
            else if (i + 2 < units.Count && Is(units, i + 1, '-'))
            {
                byte low = units[i].Value, high = units[i + 2].Value;
                if (high < low) throw new CommandFailedException($"range-endpoints of '{Shown(low)}-{Shown(high)}' are in reverse collating sequence order");
                for (int c = low; c <= high; c++) bytes.Add((byte)c);
                i += 3;
            }
            else
            {
                bytes.Add(units[i++].Value);
            }
        }

        if (filler is { } f) bytes.InsertRange(f.At, Enumerable.Repeat(f.Value, Math.Max(0, fill - bytes.Count)));
        return new(bytes, caseClass, otherClass);
    }

    public TrSet Complement()
    {
        var present = Bytes.ToHashSet();
        return new([.. Enumerable.Range(0, 256).Select(i => (byte)i).Where(b => !present.Contains(b))], HasCaseClass, HasOtherClass);
    }

    private static string Shown(byte value) => value is >= 32 and < 127 ? ((char)value).ToString() : "\\" + Convert.ToString(value, 8).PadLeft(3, '0');

    private static bool Is(List<Unit> units, int at, char c) => units[at].Value == c && !units[at].Escaped;

    private static int Close(List<Unit> units, int from)
    {
        for (int i = from; i < units.Count; i++)
        {
            if (Is(units, i, ']')) return i;
            if (!char.IsAsciiDigit((char)units[i].Value)) return -1;
        }

        return -1;
    }

    private static string? Class(List<Unit> units, int at)
    {
        if (at + 3 >= units.Count || !Is(units, at, '[') || !Is(units, at + 1, ':')) return null;
        for (int i = at + 2; i + 1 < units.Count; i++)
        {
            if (Is(units, i, ':') && Is(units, i + 1, ']')) return Latin.Text([.. units.GetRange(at + 2, i - at - 2).Select(u => u.Value)]);
        }

        return null;
    }

    private static List<Unit> Units(string text)
    {
        var units = new List<Unit>();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 >= text.Length)
            {
                units.Add(new((byte)text[i], false));
                continue;
            }

            char c = text[++i];
            int simple = "abfnrtv\\".IndexOf(c);
            if (simple >= 0)
            {
                units.Add(new((byte)"\a\b\f\n\r\t\v\\"[simple], true));
            }
            else if (c is >= '0' and <= '7')
            {
                int value = 0, digits = 0;
                for (; digits < 3 && i < text.Length && text[i] is >= '0' and <= '7' && (value * 8) + text[i] - '0' < 256; digits++) value = (value * 8) + text[i++] - '0';
                i--;
                units.Add(new((byte)value, true));
            }
            else
            {
                units.Add(new((byte)c, true));
            }
        }

        return units;
    }

    private readonly record struct Unit(byte Value, bool Escaped);
}
