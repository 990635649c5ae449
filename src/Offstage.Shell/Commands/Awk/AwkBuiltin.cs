using Offstage.Shell.Commands.Text;
using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Awk;

/// <summary>A call of a function of the language.</summary>
internal sealed class AwkBuiltin : AwkExpression
{
    private readonly string name;
    private readonly AwkExpression[] arguments;
    private readonly Func<AwkRuntime, AwkValue> run;

    public AwkBuiltin(string name, AwkExpression[] arguments, int line)
    {
        (this.name, this.arguments) = (name, arguments);
        var (least, most) = name switch
        {
            "length" => (0, 1),
            "substr" => (2, 3),
            "index" or "atan2" or "lshift" or "rshift" => (2, 2),
            "split" or "patsplit" => (2, 4),
            "sub" or "gsub" => (2, 3),
            "gensub" => (3, 4),
            "match" => (2, 3),
            "sprintf" => (1, int.MaxValue),
            "rand" or "systime" => (0, 0),
            "srand" or "fflush" => (0, 1),
            "close" => (1, 2),
            "strftime" => (0, 3),
            "mktime" => (1, 2),
            "asort" or "asorti" => (1, 3),
            "and" or "or" or "xor" => (2, int.MaxValue),
            _ => (1, 1),
        };
        if (arguments.Length < least || arguments.Length > most) throw new AwkSyntaxException($"{arguments.Length} is invalid as number of arguments for {name}", line);
        run = Bind();
    }

    public override AwkValue Evaluate(AwkRuntime runtime) => run(runtime);

    private Func<AwkRuntime, AwkValue> Bind() => name switch
    {
        "length" => Length,
        "substr" => Substring,
        "index" => r => AwkValue.Of(Index(r)),
        "split" => r => AwkSplitting.Split(r, Text(r, 0), ArrayAt(r, 1), arguments.Length > 2 ? arguments[2] : null, arguments.Length > 3 ? ArrayAt(r, 3) : null),
        "patsplit" => r => AwkSplitting.SplitByPattern(r, Text(r, 0), ArrayAt(r, 1), arguments.Length > 2 ? arguments[2] : null, arguments.Length > 3 ? ArrayAt(r, 3) : null),
        "sub" => r => AwkSubstitution.Substitute(r, arguments[0], arguments[1], Target(2), all: false),
        "gsub" => r => AwkSubstitution.Substitute(r, arguments[0], arguments[1], Target(2), all: true),
        "gensub" => r => AwkSubstitution.General(r, arguments[0], Text(r, 1), arguments[2].Evaluate(r), arguments.Length > 3 ? Text(r, 3) : r.Record.FieldText(0)),
        "match" => Match,
        "sprintf" => r => AwkValue.Of(r.Format(arguments)),
        "sin" => r => AwkValue.Of(Math.Sin(Number(r, 0))),
        "cos" => r => AwkValue.Of(Math.Cos(Number(r, 0))),
        "atan2" => r => AwkValue.Of(Math.Atan2(Number(r, 0), Number(r, 1))),
        "exp" => r => AwkValue.Of(Math.Exp(Number(r, 0))),
        "log" => r => AwkValue.Of(Math.Log(NotNegative(r))),
        "sqrt" => r => AwkValue.Of(Math.Sqrt(NotNegative(r))),
        "int" => r => AwkValue.Of(Math.Truncate(Number(r, 0))),
        "rand" => r => AwkValue.Of(r.Random.Next()),
        "srand" => SeedRandom,
        "tolower" => r => AwkValue.Of(Case(r, Text(r, 0), upper: false)),
        "toupper" => r => AwkValue.Of(Case(r, Text(r, 0), upper: true)),
        "system" => r => AwkValue.Of((double)r.Streams.System(Text(r, 0))),
        "close" => Close,
        "fflush" => Flush,
        "strftime" => r => AwkTimes.Format(r, arguments),
        "systime" => r => AwkValue.Of((double)r.Context.Time.GetUtcNow().ToUnixTimeSeconds()),
        "mktime" => r => AwkValue.Of(AwkTimes.Make(r, Text(r, 0))),
        "asort" => r => AwkSplitting.Sort(r, ArrayAt(r, 0), arguments.Length > 1 ? ArrayAt(r, 1) : ArrayAt(r, 0), byIndex: false, arguments.Length > 2 ? Text(r, 2) : ""),
        "asorti" => r => AwkSplitting.Sort(r, ArrayAt(r, 0), arguments.Length > 1 ? ArrayAt(r, 1) : ArrayAt(r, 0), byIndex: true, arguments.Length > 2 ? Text(r, 2) : ""),
        "and" => r => AwkValue.Of((double)arguments.Select(a => Integer(r, a)).Aggregate((a, b) => a & b)),
        "or" => r => AwkValue.Of((double)arguments.Select(a => Integer(r, a)).Aggregate((a, b) => a | b)),
        "xor" => r => AwkValue.Of((double)arguments.Select(a => Integer(r, a)).Aggregate((a, b) => a ^ b)),
        "lshift" => r => AwkValue.Of((double)(Integer(r, arguments[0]) << (int)Math.Min(63, Integer(r, arguments[1])))),
        "rshift" => r => AwkValue.Of((double)(Integer(r, arguments[0]) >> (int)Math.Min(63, Integer(r, arguments[1])))),
        "compl" => r => AwkValue.Of((double)(~Integer(r, arguments[0]) & 0x1F_FFFF_FFFF_FFFF)),
        "strtonum" => r => AwkValue.Of(StringToNumber(r)),
        "typeof" => r => AwkValue.Of(TypeOf(r)),
        _ => r => AwkValue.Of(arguments[0] is AwkGlobal global ? global.Cell(r).Array is not null : arguments[0] is AwkLocal local ? local.Cell(r).Array is not null : arguments[0] is AwkElement element && element.FindArray(r) is not null),
    };

    private string Text(AwkRuntime runtime, int index) => arguments[index].Text(runtime);

    private double Number(AwkRuntime runtime, int index) => arguments[index].Number(runtime);

    private ulong Integer(AwkRuntime runtime, AwkExpression argument)
    {
        double value = argument.Number(runtime);
        return value < 0 ? throw new AwkException($"{name}: argument has negative value {AwkValue.Format(value, "%.6g")}: not permitted") : (ulong)value;
    }

    private AwkArray ArrayAt(AwkRuntime runtime, int index)
        => arguments[index] is IAwkArraySource source ? source.Array(runtime) : throw new AwkException($"{name}: argument is not an array");

    private AwkPlace? Target(int index)
        => arguments.Length <= index ? new AwkField(new AwkConstant(AwkValue.Of(0.0))) : (arguments[index] is AwkGroup group ? group.Inner : arguments[index]) as AwkPlace;

    private AwkValue Length(AwkRuntime runtime)
    {
        if (arguments.Length == 1 && arguments[0] is IAwkArraySource and not AwkElement)
        {
            var cell = arguments[0] is AwkGlobal global ? global.Cell(runtime) : ((AwkLocal)arguments[0]).Cell(runtime);
            if (cell.Array is not null) return AwkValue.Of((double)cell.Array.Items.Count);
            if (cell.Origin?.Array is { } array) return AwkValue.Of((double)array.Items.Count);
        }
        else if (arguments.Length == 1 && arguments[0] is AwkElement element && element.FindArray(runtime) is { } inner)
        {
            return AwkValue.Of((double)inner.Items.Count);
        }

        string text = arguments.Length == 0 ? runtime.Record.FieldText(0) : Text(runtime, 0);
        return AwkValue.Of((double)(runtime.IsUtf8 ? AwkCharacters.Count(text) : text.Length));
    }

    private AwkValue Substring(AwkRuntime runtime)
    {
        string text = Text(runtime, 0);
        // A start before the first character is the first: the length counts from there.
        double first = Math.Max(1, Math.Truncate(Number(runtime, 1)));
        int length = runtime.IsUtf8 ? AwkCharacters.Count(text) : text.Length;
        double end = length + 1.0;
        if (arguments.Length > 2)
        {
            double count = Math.Truncate(Number(runtime, 2));
            end = double.IsNaN(count) ? first : Math.Min(end, first + count);
        }

        int from = double.IsNaN(first) ? length + 1 : (int)Math.Max(1, Math.Min(first, length + 1.0));
        if (end <= from) return AwkValue.Of("");
        return AwkValue.Of(runtime.IsUtf8 ? AwkCharacters.Substring(text, from - 1, (int)end - from) : text.Substring(from - 1, (int)end - from));
    }

    private double Index(AwkRuntime runtime)
    {
        string text = Text(runtime, 0);
        string wanted = Text(runtime, 1);
        int found = text.IndexOf(wanted, runtime.IgnoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
        return found < 0 ? 0 : 1 + (runtime.IsUtf8 ? AwkCharacters.Count(text[..found]) : found);
    }

    private AwkValue Match(AwkRuntime runtime)
    {
        string text = Text(runtime, 0);
        var regex = runtime.Regex(arguments[1]);
        var groups = new Group[regex.GroupCount + 1];
        bool found = regex.Match(runtime.BytesOf(text), 0, groups, runtime.CancellationToken);
        int Position(int offset) => runtime.IsUtf8 ? AwkCharacters.Count(text[..offset]) : offset;
        double start = found ? Position(groups[0].Start) + 1 : 0;
        double length = found ? Position(groups[0].End) - Position(groups[0].Start) : -1;
        runtime.SetGlobal("RSTART", AwkValue.Of(start));
        runtime.SetGlobal("RLENGTH", AwkValue.Of(length));
        if (arguments.Length > 2)
        {
            var items = ArrayAt(runtime, 2).Items;
            items.Clear();
            for (int i = 0; found && i < groups.Length; i++)
            {
                if (!groups[i].IsPresent) continue;
                items[$"{i}"] = AwkValue.Input(text[groups[i].Start..groups[i].End]);
                items[$"{i}{runtime.SubscriptSeparator}start"] = AwkValue.Of(Position(groups[i].Start) + 1.0);
                items[$"{i}{runtime.SubscriptSeparator}length"] = AwkValue.Of((double)(Position(groups[i].End) - Position(groups[i].Start)));
            }
        }

        return AwkValue.Of(start);
    }

    private double NotNegative(AwkRuntime runtime)
    {
        double value = Number(runtime, 0);
        if (value < 0) runtime.Complain($"cmd. line:1: warning: {name}: received negative argument {AwkValue.Format(value, "%.6g")}");
        return value;
    }

    private AwkValue Close(AwkRuntime runtime)
    {
        int status = runtime.Streams.Close(Text(runtime, 0), arguments.Length > 1 ? Text(runtime, 1) : "");
        if (status < 0) runtime.SetGlobal("ERRNO", AwkValue.Of("close of redirection that was never opened"));
        return AwkValue.Of((double)status);
    }

    private AwkValue SeedRandom(AwkRuntime runtime)
    {
        double before = runtime.Random.Current;
        runtime.Random.Seed(arguments.Length > 0 ? Number(runtime, 0) : runtime.Context.Time.GetUtcNow().ToUnixTimeSeconds());
        return AwkValue.Of(before);
    }

    private AwkValue Flush(AwkRuntime runtime)
    {
        runtime.Streams.Flush();
        return AwkValue.Of(0.0);
    }

    private static string Case(AwkRuntime runtime, string text, bool upper)
    {
        if (!runtime.IsUtf8 || text.AsSpan().IndexOfAnyInRange('\x80', '\xFF') < 0)
            return string.Create(text.Length, (text, upper), static (span, state) =>
            {
                for (int i = 0; i < span.Length; i++)
                {
                    char c = state.text[i];
                    span[i] = state.upper ? (c is >= 'a' and <= 'z' ? (char)(c - 32) : c) : c is >= 'A' and <= 'Z' ? (char)(c + 32) : c;
                }
            });
        string unicode = Latin.ToUnicode(text);
        return Latin.FromUnicode(upper ? unicode.ToUpperInvariant() : unicode.ToLowerInvariant());
    }

    private double StringToNumber(AwkRuntime runtime)
    {
        var value = arguments[0].Evaluate(runtime);
        if (value.Kind is AwkKind.Number or AwkKind.Unset) return value.Number;
        string text = value.Text(runtime.ConversionFormat).TrimStart();
        bool negative = text.StartsWith('-');
        string digits = negative ? text[1..] : text;
        int radix = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? 16 : digits.StartsWith('0') && !digits.Contains('.') ? 8 : 10;
        if (radix == 10) return CNumber.Prefix(text, out _);
        double result = 0;
        foreach (char c in radix == 16 ? digits[2..] : digits)
        {
            int digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : 99;
            if (digit >= radix) break;
            result = (result * radix) + digit;
        }

        return negative ? -result : result;
    }

    private string TypeOf(AwkRuntime runtime)
    {
        var cell = arguments[0] switch { AwkGlobal global => global.Cell(runtime), AwkLocal local => local.Cell(runtime), _ => null };
        if (cell?.Array is not null || (arguments[0] is AwkElement element && element.FindArray(runtime) is not null)) return "array";
        if (cell is { Value.Kind: AwkKind.Unset } || (arguments[0] is AwkElement && arguments[0].Evaluate(runtime).Kind == AwkKind.Unset)) return "untyped";
        if (arguments[0] is AwkRegexLiteral) return "regexp";
        var value = arguments[0].Evaluate(runtime);
        return value.Kind switch
        {
            AwkKind.Number => "number",
            AwkKind.Unset => "unassigned",
            AwkKind.Input when value.LooksNumeric(out _) => "strnum",
            _ => "string",
        };
    }
}
