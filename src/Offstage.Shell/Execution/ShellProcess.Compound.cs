using Offstage.Shell.Builtins;
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
                ErrorHappened();
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
                return ExecuteSubshell(subshell.Body);
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

    /// <summary>Runs a loop's body once.</summary>
    /// <returns>False when the loop is to be left.</returns>
    private bool RunTurn(CommandList body)
    {
        Budget.CountLoopTurn();
        ExecuteList(body);
        return ContinuesLoop();
    }

    /// <summary>Takes this loop's share of a break or continue.</summary>
    private bool ContinuesLoop()
    {
        switch (Flow)
        {
            case Flow.None:
                return true;
            case Flow.Break:
                Flow = --FlowCount > 0 ? Flow.Break : Flow.None;
                return false;
            case Flow.Continue when FlowCount > 1:
                FlowCount--;
                return false;
            case Flow.Continue:
                Flow = Flow.None;
                return true;
            default:
                return false;
        }
    }

    private int ExecuteFor(Command.For loop)
    {
        CurrentLine = loop.Line;
        if (!IsName(loop.Name))
        {
            Complain($"`{loop.Name}': not a valid identifier");
            return LastStatus = 1;
        }

        IReadOnlyList<string> values = loop.Words is null ? Positional : Expander.ExpandAll(loop.Words);
        LastStatus = 0;
        LoopDepth++;
        try
        {
            foreach (string value in values)
            {
                currentCommand = loop;
                CurrentLine = loop.Line;
                BeforeCommand();
                if (Options.Trace)
                    TraceLine($"for {loop.Name} in {string.Join(' ', loop.Words?.Select(w => w.Text) ?? ["\"$@\""])}");
                if (!TryAssignLoopVariable(loop.Name, value))
                    return LastStatus = 1;
                if (!RunTurn(loop.Body))
                    break;
            }
        }
        finally
        {
            LoopDepth--;
        }

        return LastStatus;
    }

    private bool TryAssignLoopVariable(string name, string value)
    {
        if (Variables.FindRaw(name)?.Has(Offstage.Shell.Variables.VariableAttributes.ReadOnly) == true)
        {
            Complain($"{name}: readonly variable");
            return false;
        }

        if (Variables.FindRaw(name) is { } raw && raw.Has(Offstage.Shell.Variables.VariableAttributes.Reference))
            raw.SetScalar(value);
        else
            Variables.Assign(name, value);
        return true;
    }

    private int ExecuteArithmeticFor(Command.ArithmeticFor loop)
    {
        CurrentLine = loop.Line;
        LoopDepth++;
        try
        {
            int status = 0;
            if (!TryArithmetic(loop.Start, 1, out _))
                return LastStatus = 1;
            while (true)
            {
                if (!TryArithmetic(loop.Condition, 1, out long condition))
                    return LastStatus = 1;
                if (condition == 0)
                    break;
                bool goesOn = RunTurn(loop.Body);
                status = LastStatus;
                if (!goesOn)
                    break;
                if (!TryArithmetic(loop.Step, 0, out _))
                    return LastStatus = 1;
            }

            return LastStatus = status;
        }
        finally
        {
            LoopDepth--;
        }
    }

    private bool TryArithmetic(ArithmeticSource source, long ifBlank, out long value)
    {
        value = ifBlank;
        try
        {
            if (Options.Trace)
                TraceLine($"(( {source.Text.Trim()} ))");
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
        currentCommand = arithmetic;
        BeforeCommand();
        return LastStatus = TryArithmetic(arithmetic.Expression, 0, out long value) && value != 0 ? 0 : 1;
    }

    private int ExecuteWhile(Command.While loop)
    {
        int status = 0;
        LoopDepth++;
        try
        {
            while (true)
            {
                bool holds = Test(loop.Condition) != loop.IsUntil;
                if (!ContinuesLoop())
                {
                    status = LastStatus;
                    break;
                }

                if (!holds)
                    break;
                bool goesOn = RunTurn(loop.Body);
                status = LastStatus;
                if (!goesOn)
                    break;
            }
        }
        finally
        {
            LoopDepth--;
        }

        return LastStatus = status;
    }

    private int ExecuteCase(Command.Case choice)
    {
        CurrentLine = choice.Line;
        currentCommand = choice;
        BeforeCommand();
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

    private int ExecuteSelect(Command.Select select)
    {
        IReadOnlyList<string> values = select.Words is null ? Positional : Expander.ExpandAll(select.Words);
        LastStatus = 0;
        if (values.Count == 0)
            return 0;
        bool shows = true;
        LoopDepth++;
        try
        {
            while (true)
            {
                if (shows)
                    WriteError(SelectMenu.Format(values, int.TryParse(Variables.Value("COLUMNS"), out int columns) && columns > 0 ? columns : 80));
                WriteError(PromptText.Decode(this, Variables.Value("PS3") ?? "#? "));
                if (ReadBuiltin.ReadLine(this, out string line) != 0)
                {
                    _ = Descriptors.Find(1)?.Write("\n"u8, Interruption);
                    return LastStatus = 1;
                }

                Variables.Assign("REPLY", line);
                shows = line.Length == 0;
                if (shows)
                    continue;
                string chosen = int.TryParse(line, out int number) && number >= 1 && number <= values.Count ? values[number - 1] : "";
                Variables.Assign(select.Name, chosen);
                if (!RunTurn(select.Body))
                    break;
                shows = string.IsNullOrEmpty(Variables.Value("REPLY"));
            }
        }
        finally
        {
            LoopDepth--;
        }

        return LastStatus;
    }
}
