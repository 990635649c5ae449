using Offstage.Shell.Builtins;
using Offstage.Shell.Expansion;
using Offstage.Shell.Syntax;
using Offstage.Shell.Variables;

namespace Offstage.Shell.Execution;

/// <summary>The conditional command.</summary>
internal sealed partial class ShellProcess
{
    private readonly RegexMatching regexes = new();

    private int ExecuteConditional(Command.Conditional command)
    {
        CurrentLine = command.Line;
        NowRunning(command);
        if (!BeforeCommand())
            return LastStatus;
        try
        {
            return LastStatus = Holds(command.Expression) ? 0 : 1;
        }
        catch (ExpressionException e)
        {
            Complain($"[[: {e.Message}");
            return LastStatus = 1;
        }
        catch (ConditionException e)
        {
            if (e.Message.Length > 0)
                Complain($"[[: {e.Message}");
            return LastStatus = 2;
        }
    }

    private bool Holds(ConditionalExpression expression)
    {
        EnsureStack();
        switch (expression)
        {
            case ConditionalExpression.Not not:
                return !Holds(not.Operand);
            case ConditionalExpression.And and:
                return Holds(and.Left) && Holds(and.Right);
            case ConditionalExpression.Or or:
                return Holds(or.Left) || Holds(or.Right);
            case ConditionalExpression.Nested nested:
                return Holds(nested.Inner);
            case ConditionalExpression.NotEmpty word:
                string text = Expander.ExpandText(word.Operand);
                if (Options.Trace)
                    TraceLine($"[[ -n {ShellQuoting.Traced(text, IsUtf8)} ]]");
                return text.Length > 0;
            case ConditionalExpression.Unary unary:
                string operand = Expander.ExpandText(unary.Operand);
                if (Options.Trace)
                    TraceLine($"[[ {unary.Operator} {ShellQuoting.Traced(operand, IsUtf8)} ]]");
                return Conditions.Unary(this, unary.Operator, operand);
            case ConditionalExpression.Binary binary:
                return Compare(binary);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private bool Compare(ConditionalExpression.Binary binary)
    {
        string left = Expander.ExpandText(binary.Left);
        switch (binary.Operator)
        {
            case "=" or "==" or "!=":
                string pattern = Expander.ExpandPattern(binary.Right);
                if (Options.Trace)
                    TraceLine($"[[ {ShellQuoting.Traced(left, IsUtf8)} {binary.Operator} {TracedPattern(pattern)} ]]");
                bool matches = Pattern.Compile(pattern, new PatternOptions(true, Options.Shopt("nocasematch"), IsUtf8)).Matches(left, Interruption);
                return matches == (binary.Operator != "!=");
            case "=~":
                return MatchesRegularExpression(left, binary.Right);
            case "-eq" or "-ne" or "-lt" or "-le" or "-gt" or "-ge":
                string right = Expander.ExpandText(binary.Right);
                if (Options.Trace)
                    TraceLine($"[[ {left} {binary.Operator} {right} ]]");
                return Conditions.Compare(binary.Operator, Arithmetic.Evaluate(left), Arithmetic.Evaluate(right));
            default:
                return Conditions.Binary(this, left, binary.Operator, Expander.ExpandText(binary.Right));
        }
    }

    /// <summary>As xtrace shows a pattern: what is quoted stands behind backslashes.</summary>
    private static string TracedPattern(string pattern)
        => string.Concat(pattern.Select(c => MarkedText.IsMarked(c) ? "\\" + (char)(c & 0xFF) : c.ToString()));

    private bool MatchesRegularExpression(string subject, Word word)
    {
        string marked = Expander.ExpandPattern(word);
        if (Options.Trace)
            TraceLine($"[[ {ShellQuoting.Traced(subject, IsUtf8)} =~ {TracedPattern(marked)} ]]");
        IReadOnlyList<string?>? groups = regexes.Match(marked, subject, Options.Shopt("nocasematch"), IsUtf8, Interruption.Token);
        Variable variable = Variables.WritableUnchecked("BASH_REMATCH");
        variable.SetIndexed(groups is null ? new IndexedArray() : new IndexedArray(groups.Select(g => g ?? "")));
        return groups is not null;
    }
}
