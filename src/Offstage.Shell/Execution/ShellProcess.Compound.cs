using Offstage.Shell.Expansion;
using Offstage.Shell.Syntax;

namespace Offstage.Shell.Execution;

/// <summary>Compound commands.</summary>
internal sealed partial class ShellProcess
{
    /// <summary>Commands that stand in each other on one thread before the next thread takes over.</summary>
    private const int NestingMax = 120;

    [ThreadStatic]
    private static int nesting;

    /// <summary>Executes any command, in its redirections.</summary>
    public int Execute(Command command)
    {
        // Well before the stack is short: what a command does besides, such as parsing, checks it too and has nowhere to go.
        if (nesting >= NestingMax || !System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
            return ExecuteElsewhere(command);
        nesting++;
        try
        {
            return command is Command.Simple simple ? ExecuteSimple(simple) : ExecuteRedirected(command);
        }
        finally
        {
            nesting--;
        }
    }

    private int ExecuteRedirected(Command command)
    {
        if (command.Redirections.Length == 0 || command is Command.Function)
            return ExecuteCompound(command);
        CurrentLine = command.Line;
        int substitutions = openSubstitutions.Count;
        try
        {
            using RedirectionScope? scope = TryRedirect(command.Redirections);
            if (scope is not null)
                return ExecuteCompound(command);
            LastStatus = 1;
            if (command is not Command.Simple)
                ErrorHappened(HasErrorTrap);
            return LastStatus;
        }
        finally
        {
            CloseSubstitutions(substitutions);
        }
    }

    /// <summary>Goes on with a deep nesting on another thread, while this one waits.</summary>
    private int ExecuteElsewhere(Command command)
    {
        System.Runtime.ExceptionServices.ExceptionDispatchInfo? failure = null;
        using var done = new ManualResetEventSlim();
        bool started = WorkerThreads.TryRun(() =>
        {
            try
            {
                Execute(command);
            }
            catch (Exception e)
            {
                failure = System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(e);
            }
            finally
            {
                done.Set();
            }
        });
        if (!started)
            Budget.End(new ShellStop.CallsTooDeep(Budget.Limits.CallDepthMax));
        done.Wait();
        failure?.Throw();
        return LastStatus;
    }

    private int ExecuteCompound(Command command)
    {
        switch (command)
        {
            case Command.Group group:
                return ExecuteList(group.Body);
            case Command.Subshell subshell:
                return ExecuteSubshell(subshell);
            case Command.If choice:
                return ExecuteIf(choice);
            case Command.For loop:
                return ExecuteFor(loop);
            case Command.ArithmeticFor loop:
                return ExecuteArithmeticFor(loop);
            case Command.While loop:
                return ExecuteWhile(loop);
            case Command.Case choice:
                return ExecuteCase(choice);
            case Command.Select select:
                return ExecuteSelect(select);
            case Command.Arithmetic arithmetic:
                return ExecuteArithmetic(arithmetic);
            case Command.Conditional conditional:
                return ExecuteConditional(conditional);
            case Command.Function function:
                return DefineFunction(function);
            case Command.Coprocess coprocess:
                return StartCoprocess(coprocess);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private bool Test(CommandList condition)
    {
        errorsExpected++;
        try
        {
            return ExecuteList(condition) == 0;
        }
        finally
        {
            errorsExpected--;
        }
    }

    private int ExecuteIf(Command.If choice)
    {
        foreach (ConditionalBranch branch in choice.Branches)
        {
            bool holds = Test(branch.Condition);
            if (Flow != Flow.None)
                return LastStatus;
            if (holds)
                return ExecuteList(branch.Body);
        }

        return choice.Else is null ? LastStatus = 0 : ExecuteList(choice.Else);
    }

    private bool TryArithmetic(ArithmeticSource source, long ifBlank, out long value, string? traced = null)
    {
        value = ifBlank;
        try
        {
            if (Options.Trace)
                TraceLine($"(( {traced ?? source.Text} ))");
            if (!source.IsBlank)
                value = source.Evaluate(this);
            return true;
        }
        catch (ExpressionException e)
        {
            Complain($"((: {e.Message}");
            return false;
        }
        catch (ShellErrorException e) when (e.Reach == ErrorReach.Line)
        {
            // A read-only variable fails the expression, not the line.
            Complain(e.Message);
            return false;
        }
    }

    private int ExecuteArithmetic(Command.Arithmetic arithmetic)
    {
        CurrentLine = arithmetic.Line;
        NowRunning(arithmetic);
        if (!BeforeCommand())
            return LastStatus;
        return LastStatus = TryArithmetic(arithmetic.Expression, 0, out long value) && value != 0 ? 0 : 1;
    }

    private int ExecuteCase(Command.Case choice)
    {
        CurrentLine = choice.Line;
        NowRunning(choice);
        if (!BeforeCommand())
            return LastStatus;
        string subject = Expander.ExpandText(choice.Subject);
        if (Options.Trace)
            TraceLine($"case {choice.Subject.Text} in");
        LastStatus = 0;
        PatternOptions options = PatternOptions(Options.Shopt("nocasematch"));
        bool falls = false;
        foreach (CaseClause clause in choice.Clauses)
        {
            if (!falls && !clause.Patterns.Any(p => Pattern.Compile(Expander.ExpandPattern(p), options).Matches(subject, Interruption)))
                continue;
            ExecuteList(clause.Body);
            if (clause.Terminator == CaseTerminator.Break || Flow != Flow.None)
                break;
            falls = clause.Terminator == CaseTerminator.FallThrough;
        }

        return LastStatus;
    }
}
