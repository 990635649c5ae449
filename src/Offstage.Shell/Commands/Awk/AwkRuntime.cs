using Offstage.Shell.Commands.Text;
using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Awk;

/// <summary>What a running program has: its variables, its record, its streams.</summary>
internal sealed partial class AwkRuntime
{
    private const int RegexesMax = 500;
    private const int CallDepthMax = 2000;

    private readonly Dictionary<string, PosixRegex> regexes = new(StringComparer.Ordinal);
    private readonly Dictionary<AwkExpression, PosixRegex> literals = [];
    private readonly bool[] inRange;
    private readonly AwkCell? terminator;
    private byte[] scratch = new byte[256];
    private int callDepth;
    private int turns;

    public AwkRuntime(CommandContext context, AwkProgram program)
    {
        Context = context;
        Program = program;
        CancellationToken = context.Interruption.Token;
        Globals = [.. program.GlobalNames.Select(_ => new AwkCell())];
        Record = new AwkRecord(this, context.Budget);
        Streams = new AwkStreams(context);
        inRange = new bool[program.Rules.Length];
        IsUtf8 = context.IsUtf8;
        Random = new AwkRandom();
        terminator = FindGlobal("RT");
    }

    public CommandContext Context { get; }

    public AwkProgram Program { get; }

    public AwkCell[] Globals { get; }

    public AwkCell[] Frame { get; private set; } = [];

    public AwkRecord Record { get; }

    public AwkStreams Streams { get; }

    public AwkRandom Random { get; }

    public bool IsUtf8 { get; }

    public CancellationToken CancellationToken { get; }

    public int ExitStatus { get; set; }

    public AwkValue Returned { get; set; }

    /// <summary>Counts a turn of a loop; now and then looks whether the run is to end.</summary>
    public void Turn()
    {
        if ((++turns & 0x3FF) == 0) Context.Check();
    }

    /// <summary>Counts a new element of an array against the run's memory.</summary>
    public void CountElement(string key) => Context.Budget.Hold(64 + (2 * key.Length));

    /// <summary>A text that grows by itself in a loop must not take the machine's memory.</summary>
    public string CountText(string text)
    {
        CountText(text.Length);
        return text;
    }

    public void CountText(int length)
    {
        if (length > Context.Budget.Limits.HeldBytesMax / 4) Context.Budget.End(new ShellStop.TooMuchMemory(Context.Budget.Limits.HeldBytesMax));
    }

    /// <summary>A variable by its name; null when the program has none of it.</summary>
    public AwkCell? FindGlobal(string name)
    {
        int slot = Program.GlobalNames.IndexOf(name);
        return slot < 0 ? null : Globals[slot];
    }

    public void SetGlobal(string name, AwkValue value)
    {
        if (Enum.TryParse<AwkSpecialName>(name, out var special)) SetSpecial(special, value);
        else if (FindGlobal(name) is { } cell) cell.Value = value;
    }

    /// <summary>The bytes of a text, in a buffer that the next call uses again.</summary>
    public ReadOnlySpan<byte> BytesOf(string text)
    {
        if (text.Length > scratch.Length)
        {
            int wanted = Math.Max(text.Length, scratch.Length * 2);
            Context.Budget.Hold(wanted - scratch.Length);
            scratch = new byte[wanted];
        }

        int count = System.Text.Encoding.Latin1.GetBytes(text, scratch);
        return scratch.AsSpan(0, count);
    }

    /// <summary>The expression that stands where a regular expression is wanted: a literal, or text.</summary>
    public PosixRegex Regex(AwkExpression expression)
    {
        if (expression is AwkGroup group) return Regex(group.Inner);
        if (expression is not AwkRegexLiteral literal) return Regex(expression.Text(this));
        if (literals.TryGetValue(literal, out var known)) return known;
        return literals[literal] = Compile(literal.Source);
    }

    public PosixRegex Regex(string source)
    {
        if (regexes.TryGetValue(source, out var known)) return known;
        if (regexes.Count >= RegexesMax) regexes.Clear();
        return regexes[source] = Compile(source);
    }

    private PosixRegex Compile(string source)
    {
        try
        {
            var options = (IgnoreCase ? PosixRegexOptions.IgnoreCase : 0) | (IsUtf8 ? PosixRegexOptions.Utf8 : 0);
            return PosixRegex.Compile(Latin.Bytes(AwkRegexText.Translate(source)), RegexSyntax.Awk, options);
        }
        catch (PosixRegexException error)
        {
            throw new AwkException($"invalid regexp: {error.Message}: /{source}/");
        }
    }

    public string Format(AwkExpression[] values)
    {
        var evaluated = new AwkValue[values.Length - 1];
        for (int i = 1; i < values.Length; i++) evaluated[i - 1] = values[i].Evaluate(this);
        return AwkFormat.Format(values[0].Text(this), evaluated, ConversionFormat, IsUtf8);
    }

    public AwkValue Call(AwkFunction function, AwkExpression[] arguments)
    {
        if (++callDepth > CallDepthMax) throw new AwkException($"function `{function.Name}' calls itself too deeply");
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        Turn();
        var frame = new AwkCell[function.Parameters.Length];
        for (int i = 0; i < frame.Length; i++) frame[i] = i < arguments.Length ? Argument(arguments[i]) : new AwkCell();
        // One that is too many is evaluated, too, for what it does.
        for (int i = frame.Length; i < arguments.Length; i++) arguments[i].Evaluate(this);
        var outer = Frame;
        Frame = frame;
        Returned = default;
        var flow = function.Body.Execute(this);
        Frame = outer;
        callDepth--;
        if (flow == AwkFlow.Exit) throw new AwkExitException();
        if (flow is AwkFlow.Next or AwkFlow.NextFile) throw new AwkNextException(flow);
        var result = Returned;
        Returned = default;
        return result;
    }

    private AwkCell Argument(AwkExpression argument)
    {
        var cell = argument switch
        {
            AwkGlobal global => global.Cell(this),
            AwkLocal local => local.Cell(this),
            _ => null,
        };
        if (cell is null)
        {
            if (argument is AwkElement element && element.FindArray(this) is { } inner) return new AwkCell { Array = inner };
            return new AwkCell { Value = argument.Evaluate(this) };
        }

        if (cell.Array is not null) return new AwkCell { Array = cell.Array };
        return cell.Value.Kind == AwkKind.Unset ? new AwkCell { Origin = cell } : new AwkCell { Value = cell.Value };
    }

    public IReadOnlyList<string> OrderedKeys(AwkArray array)
    {
        var keys = array.Items.Keys.ToArray();
        string order = FindGlobal("PROCINFO")?.Array?.Items.GetValueOrDefault("sorted_in").Text(ConversionFormat) ?? "";
        if (order.Length == 0) return keys;
        bool byValue = order.StartsWith("@val", StringComparison.Ordinal);
        bool numeric = order.Contains("num", StringComparison.Ordinal);
        Comparison<string> compare = (a, b) => byValue
            ? numeric ? array.Items[a].Number.CompareTo(array.Items[b].Number) : Compare(array.Items[a], array.Items[b])
            : numeric ? CNumber.Prefix(a, out _).CompareTo(CNumber.Prefix(b, out _)) : string.CompareOrdinal(a, b);
        Array.Sort(keys, (a, b) =>
        {
            int result = compare(a, b);
            return result != 0 ? result : string.CompareOrdinal(a, b);
        });
        if (order.EndsWith("desc", StringComparison.Ordinal)) Array.Reverse(keys);
        return keys;
    }

    /// <summary>Numbers before texts, as gawk sorts values.</summary>
    public int Compare(in AwkValue a, in AwkValue b)
    {
        bool x = a.LooksNumeric(out double m), y = b.LooksNumeric(out double n);
        if (x && y) return m.CompareTo(n);
        return x != y ? (x ? -1 : 1) : string.CompareOrdinal(a.Text(ConversionFormat), b.Text(ConversionFormat));
    }
}

/// <summary>Unwinds to the end of the program: exit in a function.</summary>
internal sealed class AwkExitException : Exception;

/// <summary>Unwinds to the next record or file: next in a function.</summary>
internal sealed class AwkNextException(AwkFlow flow) : Exception
{
    public AwkFlow Flow => flow;
}
