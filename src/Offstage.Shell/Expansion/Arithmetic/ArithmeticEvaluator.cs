using System.Globalization;
using Offstage.Shell.Execution;
using Offstage.Shell.Variables;

namespace Offstage.Shell.Expansion;

/// <summary>Evaluates arithmetic text for one process: variables hold expressions in turn.</summary>
internal sealed class ArithmeticEvaluator(ShellProcess process)
{
    private const int DepthMax = 1024;
    private const int ParsedMax = 256;

    private readonly Dictionary<string, ArithmeticNode> parsed = new(StringComparer.Ordinal);

    /// <exception cref="ExpressionException">It is no expression, or divides by zero.</exception>
    public long Evaluate(string text, int depth = 0)
    {
        if (TryNumber(text, out long number))
            return number;
        if (!parsed.TryGetValue(text, out ArithmeticNode? node))
        {
            node = ArithmeticParser.Parse(text);
            if (parsed.Count >= ParsedMax)
                parsed.Clear();
            parsed[text] = node;
        }

        return node.Evaluate(process, depth);
    }

    public long ReadVariable(string name, int depth)
    {
        Variable? variable = process.Variables.Find(name);
        if (variable is null || !variable.IsSet)
            return RequireSet(name);
        if (variable.TryGetNumber(out long number))
            return number;
        return ValueOf(variable.Scalar ?? "", name, depth);
    }

    public long ReadElement(string name, string subscript, int depth)
    {
        string? value = process.Variables.FindElement(name, subscript, quoted: false);
        return value is null ? RequireSet($"{name}[{subscript}]") : ValueOf(value, name, depth);
    }

    public void AssignElement(string name, string subscript, long value)
        => process.Variables.AssignElement(name, subscript, value.ToString(CultureInfo.InvariantCulture), appends: false);

    /// <summary>Plain decimal numbers need no parser.</summary>
    public static bool TryNumber(ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        int start = text.Length > 0 && text[0] == '-' ? 1 : 0;
        if (text.Length == start || text.Length > 18 || (text[start] == '0' && text.Length > start + 1))
            return false;
        for (int i = start; i < text.Length; i++)
        {
            if (!char.IsAsciiDigit(text[i]))
                return false;
            value = (value * 10) + (text[i] - '0');
        }

        value = start == 1 ? -value : value;
        return true;
    }

    private long RequireSet(string name)
    {
        if (process.Options.NoUnset)
            throw ShellErrorException.Unbound(name);
        return 0;
    }

    private long ValueOf(string value, string name, int depth)
    {
        if (depth > DepthMax)
            throw new ExpressionException(value, "expression recursion level exceeded", value);
        _ = name;
        return Evaluate(value, depth + 1);
    }
}
