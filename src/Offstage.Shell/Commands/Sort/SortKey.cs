using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Sort;

internal enum SortOrder
{
    Bytes,
    Numeric,
    GeneralNumeric,
    HumanNumeric,
    Month,
    Version,
    Random,
}

/// <summary>How keys are compared.</summary>
internal sealed record SortRules(SortOrder Order, bool Reverse, bool IgnoreCase, bool Dictionary, bool IgnoreNonprinting, bool SkipStartBlanks, bool SkipEndBlanks)
{
    public static readonly SortRules Plain = new(SortOrder.Bytes, false, false, false, false, false, false);

    /// <summary>Whether bytes are compared as they are.</summary>
    public bool IsPlain => Order == SortOrder.Bytes && !IgnoreCase && !Dictionary && !IgnoreNonprinting;

    /// <returns>Null when the letter is none of an order.</returns>
    public SortRules? With(char letter, bool isEnd = false) => letter switch
    {
        'b' => isEnd ? this with { SkipEndBlanks = true } : this with { SkipStartBlanks = true },
        'd' => this with { Dictionary = true },
        'f' => this with { IgnoreCase = true },
        'g' => this with { Order = SortOrder.GeneralNumeric },
        'h' => this with { Order = SortOrder.HumanNumeric },
        'i' => this with { IgnoreNonprinting = true },
        'M' => this with { Order = SortOrder.Month },
        'n' => this with { Order = SortOrder.Numeric },
        'R' => this with { Order = SortOrder.Random },
        'r' => this with { Reverse = true },
        'V' => this with { Order = SortOrder.Version },
        _ => null,
    };
}

/// <summary>Which part of a line is compared.</summary>
/// <param name="StartField">From 0.</param>
/// <param name="EndField">From 0; -1 for the end of the line.</param>
/// <param name="EndByte">0 for the whole field.</param>
internal sealed record SortKey(int StartField, int StartByte, int EndField, int EndByte, SortRules Rules, bool HasOwnRules)
{
    public static SortKey Parse(string text)
    {
        int at = 0;
        var rules = SortRules.Plain;
        bool own = false;
        int field = Number(text, ref at, "invalid number at field start");
        if (field == 0) throw new CommandFailedException($"field number is zero: invalid field specification {Latin.Quote(text)}", 2);
        int start = 0;
        if (at < text.Length && text[at] == '.')
        {
            at++;
            start = Number(text, ref at, "invalid number after '.'");
            if (start == 0) throw new CommandFailedException($"character offset is zero: invalid field specification {Latin.Quote(text)}", 2);
            start--;
        }

        Flags(text, ref at, ref rules, ref own, isEnd: false);
        int endField = -1, endByte = 0;
        if (at < text.Length && text[at] == ',')
        {
            at++;
            endField = Number(text, ref at, "invalid number after ','");
            if (endField == 0) throw new CommandFailedException($"field number is zero: invalid field specification {Latin.Quote(text)}", 2);
            if (at < text.Length && text[at] == '.')
            {
                at++;
                endByte = Number(text, ref at, "invalid number after '.'");
            }

            endField--;
            Flags(text, ref at, ref rules, ref own, isEnd: true);
        }

        if (at < text.Length) throw new CommandFailedException($"stray character in field spec: invalid field specification {Latin.Quote(text)}", 2);
        return new(field - 1, start, endField, endByte, rules, own);
    }

    /// <summary>The whole line.</summary>
    public static SortKey Line(SortRules rules) => new(0, 0, -1, 0, rules, HasOwnRules: true);

    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> line, int separator)
    {
        var (start, length) = PlaceIn(line, separator);
        return line.Slice(start, length);
    }

    public (int Start, int Length) PlaceIn(ReadOnlySpan<byte> line, int separator)
    {
        int start = Field(line, StartField, separator);
        if (Rules.SkipStartBlanks) start = Blanks(line, start);
        start = Math.Min(line.Length, start + StartByte);
        if (EndField < 0) return (start, line.Length - start);
        int end;
        if (EndByte == 0)
        {
            end = Field(line, EndField + 1, separator);
            // A separator belongs to no field; blanks belong to the field behind them.
            if (separator >= 0 && end > 0 && FieldExists(line, EndField + 1, separator)) end--;
        }
        else
        {
            end = Field(line, EndField, separator);
            if (Rules.SkipEndBlanks) end = Blanks(line, end);
            end = Math.Min(line.Length, end + EndByte);
        }

        return (start, Math.Max(0, end - start));
    }

    private static int Field(ReadOnlySpan<byte> line, int index, int separator)
    {
        int at = 0;
        for (; index > 0 && at < line.Length; index--)
        {
            if (separator >= 0)
            {
                int found = line[at..].IndexOf((byte)separator);
                at = found < 0 ? line.Length : at + found + 1;
            }
            else
            {
                at = Blanks(line, at);
                while (at < line.Length && !IsBlank(line[at])) at++;
            }
        }

        return at;
    }

    private static bool FieldExists(ReadOnlySpan<byte> line, int index, int separator) => line.Count((byte)separator) >= index;

    private static int Blanks(ReadOnlySpan<byte> line, int at)
    {
        while (at < line.Length && IsBlank(line[at])) at++;
        return at;
    }

    private static bool IsBlank(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\n';

    private static void Flags(string text, ref int at, ref SortRules rules, ref bool own, bool isEnd)
    {
        while (at < text.Length && rules.With(text[at], isEnd) is { } next)
        {
            rules = next;
            own = true;
            at++;
        }
    }

    private static int Number(string text, ref int at, string problem)
    {
        int start = at;
        long value = 0;
        while (at < text.Length && char.IsAsciiDigit(text[at])) value = Math.Min((value * 10) + text[at++] - '0', int.MaxValue / 2);
        return at > start ? (int)value : throw new CommandFailedException($"{problem}: invalid count at start of {Latin.Quote(text[start..])}", 2);
    }
}
