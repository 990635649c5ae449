namespace Offstage.Shell.Commands.Awk;

internal sealed class AwkArithmetic(char operation, AwkExpression left, AwkExpression right) : AwkNumberExpression
{
    public override double Number(AwkRuntime runtime) => Apply(operation, left.Number(runtime), right.Number(runtime));

    public static double Apply(char operation, double a, double b) => operation switch
    {
        '+' => a + b,
        '-' => a - b,
        '*' => a * b,
        '/' => b == 0 ? throw new AwkException("division by zero attempted") : a / b,
        '%' => b == 0 ? throw new AwkException("division by zero attempted in `%'") : a % b,
        _ => Math.Pow(a, b),
    };
}

internal sealed class AwkNegation(AwkExpression operand, bool plus) : AwkNumberExpression
{
    public override double Number(AwkRuntime runtime) => plus ? operand.Number(runtime) : -operand.Number(runtime);
}

internal sealed class AwkNot(AwkExpression operand) : AwkBooleanExpression
{
    public override bool Truth(AwkRuntime runtime) => !operand.Truth(runtime);
}

internal sealed class AwkLogical(bool and, AwkExpression left, AwkExpression right) : AwkBooleanExpression
{
    public override bool Truth(AwkRuntime runtime) => and ? left.Truth(runtime) && right.Truth(runtime) : left.Truth(runtime) || right.Truth(runtime);
}

internal sealed class AwkConditional(AwkExpression condition, AwkExpression yes, AwkExpression no) : AwkExpression
{
    public override AwkValue Evaluate(AwkRuntime runtime) => (condition.Truth(runtime) ? yes : no).Evaluate(runtime);
}

internal sealed class AwkComparison(string operation, AwkExpression left, AwkExpression right) : AwkBooleanExpression
{
    public override bool Truth(AwkRuntime runtime)
    {
        var a = left.Evaluate(runtime);
        var b = right.Evaluate(runtime);
        int order = AwkValue.Compare(a, b, runtime.ConversionFormat);
        if (runtime.IgnoreCase && a.Kind is AwkKind.Text or AwkKind.Input && b.Kind is AwkKind.Text or AwkKind.Input && !(a.LooksNumeric(out _) && b.LooksNumeric(out _)))
            order = string.Compare(a.Text(""), b.Text(""), StringComparison.OrdinalIgnoreCase);
        return operation switch
        {
            "<" => order < 0,
            "<=" => order <= 0,
            "==" => order == 0,
            "!=" => order != 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }
}

internal sealed class AwkConcatenation(AwkExpression[] parts) : AwkTextExpression
{
    public AwkExpression[] Parts => parts;

    public override string Text(AwkRuntime runtime)
    {
        if (parts.Length == 2)
        {
            string first = parts[0].Text(runtime);
            return runtime.CountText(string.Concat(first, parts[1].Text(runtime)));
        }

        string[] texts = new string[parts.Length];
        for (int i = 0; i < parts.Length; i++) texts[i] = parts[i].Text(runtime);
        return runtime.CountText(string.Concat(texts));
    }
}

internal sealed class AwkMatch(AwkExpression subject, AwkExpression pattern, bool negated) : AwkBooleanExpression
{
    public override bool Truth(AwkRuntime runtime)
    {
        var regex = runtime.Regex(pattern);
        bool matches = subject is AwkField field && field.Index(runtime) == 0
            ? regex.IsMatch(runtime.Record.Bytes, runtime.CancellationToken)
            : regex.IsMatch(runtime.BytesOf(subject.Text(runtime)), runtime.CancellationToken);
        return matches != negated;
    }
}

/// <summary>A regular expression that stands alone: whether the record matches it.</summary>
internal sealed class AwkRegexLiteral(string source) : AwkBooleanExpression
{
    private static readonly AwkField record = new(new AwkConstant(AwkValue.Of(0.0)));
    private AwkMatch? match;

    public string Source => source;

    public override bool Truth(AwkRuntime runtime) => (match ??= new AwkMatch(record, this, negated: false)).Truth(runtime);
}

internal sealed class AwkMembership(AwkElement element) : AwkBooleanExpression
{
    public override bool Truth(AwkRuntime runtime) => element.Contains(runtime);
}

internal sealed class AwkAssignment(AwkPlace place, AwkExpression value) : AwkExpression
{
    public static AwkExpression Of(AwkPlace place, AwkExpression value)
        => value is AwkConcatenation sum && place.IsSameVariable(sum.Parts[0]) ? new AwkAppending(place, sum.Parts[1..]) : new AwkAssignment(place, value);

    public override AwkValue Evaluate(AwkRuntime runtime)
    {
        var result = value.Evaluate(runtime);
        if (result.Kind == AwkKind.Array) throw new AwkException("attempt to use array in a scalar context");
        place.Assign(runtime, result);
        return result;
    }
}

/// <summary><c>s = s x</c> for a variable: it grows in place.</summary>
internal sealed class AwkAppending(AwkPlace place, AwkExpression[] tails) : AwkExpression
{
    public override AwkValue Evaluate(AwkRuntime runtime)
    {
        var before = place.Evaluate(runtime);
        string tail = tails.Length == 1 ? tails[0].Text(runtime) : string.Concat(tails.Select(t => t.Text(runtime)));
        var result = before.Append(tail, runtime.ConversionFormat);
        runtime.CountText(result.TextLength);
        place.Assign(runtime, result);
        return result;
    }
}

internal sealed class AwkCompoundAssignment(char operation, AwkPlace place, AwkExpression value) : AwkNumberExpression
{
    public override double Number(AwkRuntime runtime)
    {
        var resolved = place.Resolve(runtime);
        double right = value.Number(runtime);
        double result = AwkArithmetic.Apply(operation, resolved.Number(runtime), right);
        resolved.Assign(runtime, AwkValue.Of(result));
        return result;
    }
}

internal sealed class AwkIncrement(AwkPlace place, double change, bool before) : AwkNumberExpression
{
    public override double Number(AwkRuntime runtime)
    {
        var resolved = place.Resolve(runtime);
        double old = resolved.Number(runtime);
        resolved.Assign(runtime, AwkValue.Of(old + change));
        return before ? old + change : old;
    }
}

/// <summary>A group in parentheses, which is not the same as what stands in it: <c>print (1)(2)</c>.</summary>
internal sealed class AwkGroup(AwkExpression inner) : AwkExpression
{
    public AwkExpression Inner => inner;

    public override AwkValue Evaluate(AwkRuntime runtime) => inner.Evaluate(runtime);

    public override double Number(AwkRuntime runtime) => inner.Number(runtime);

    public override string Text(AwkRuntime runtime) => inner.Text(runtime);

    public override bool Truth(AwkRuntime runtime) => inner.Truth(runtime);
}

internal sealed class AwkUserCall(string name, AwkExpression[] arguments, int line) : AwkExpression
{
    /// <summary>Set once all functions are known; null when there is none of the name, which matters only if it is called.</summary>
    public AwkFunction? Function { get; set; }

    public string Name => name;

    public int ArgumentCount => arguments.Length;

    public int Line => line;

    public override AwkValue Evaluate(AwkRuntime runtime) => runtime.Call(Function ?? throw new AwkException($"function `{name}' not defined"), arguments);
}

/// <summary><c>@name(…)</c>: the function whose name the variable holds.</summary>
internal sealed class AwkIndirectCall(AwkExpression name, AwkExpression[] arguments) : AwkExpression
{
    public override AwkValue Evaluate(AwkRuntime runtime)
    {
        string wanted = name.Text(runtime);
        return runtime.Call(runtime.Program.Functions.GetValueOrDefault(wanted) ?? throw new AwkException($"function `{wanted}' not defined"), arguments);
    }
}

/// <summary>What getline reads from.</summary>
internal enum AwkSource
{
    File,
    Command,
    Coprocess,
}

/// <summary>All forms of getline.</summary>
internal sealed class AwkGetline(AwkExpression? source, AwkSource kind, AwkPlace? target) : AwkNumberExpression
{
    public override double Number(AwkRuntime runtime)
    {
        if (source is null) return runtime.GetlineMain(target);
        string name = source.Text(runtime);
        var reader = runtime.Streams.Reading(name, kind, out var error);
        if (reader is not null) return runtime.Getline(reader, target);
        runtime.SetGlobal("ERRNO", AwkValue.Of(error.Message()));
        return -1;
    }
}
