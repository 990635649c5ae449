using Offstage.Shell.Builtins;
using Offstage.Shell.Expansion;
using Offstage.Shell.Syntax;

namespace Offstage.Shell.Execution;

/// <summary>Loops.</summary>
internal sealed partial class ShellProcess
{
    /// <summary>Runs a loop's body once.</summary>
    /// <returns>False when the loop is to be left.</returns>
    private bool RunTurn(CommandList body)
    {
        if (IsStopping())
            return false;
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
                NowRunning(loop);
                CurrentLine = loop.Line;
                if (!BeforeCommand())
                {
                    if (Flow != Flow.None)
                        break;
                    continue;
                }

                if (Options.Trace)
                    TraceLine($"for {loop.Name} in {ScriptPrinter.Words(loop.Words)}");
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
            if (!TryPart(loop, loop.Start, out _))
                return LastStatus = 1;
            while (true)
            {
                if (!TryPart(loop, loop.Condition, out long condition))
                    return LastStatus = 1;
                if (condition == 0 || Flow != Flow.None)
                    break;
                bool goesOn = RunTurn(loop.Body);
                status = LastStatus;
                if (!goesOn)
                    break;
                if (!TryPart(loop, loop.Step, out _))
                    return LastStatus = 1;
            }

            return LastStatus = status;
        }
        finally
        {
            LoopDepth--;
        }
    }

    /// <summary>Evaluates one of the three parts of a loop, each of which counts as a command.</summary>
    private bool TryPart(Command.ArithmeticFor loop, ArithmeticSource part, out long value)
    {
        CurrentLine = loop.Line;
        NowRunning(loop);
        currentExpression = part;
        value = 1;
        return !BeforeCommand() || TryArithmetic(part, 1, out value, PartText(part));
    }

    private static string PartText(ArithmeticSource part) => part.IsBlank ? "1" : part.Text.TrimStart();

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

    private int ExecuteSelect(Command.Select select)
    {
        CurrentLine = select.Line;
        IReadOnlyList<string> values = select.Words is null ? Positional : Expander.ExpandAll(select.Words);
        NowRunning(select);
        if (!BeforeCommand())
            return LastStatus;
        if (Options.Trace)
            TraceLine($"select {select.Name} in {ScriptPrinter.Words(select.Words)}");
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
