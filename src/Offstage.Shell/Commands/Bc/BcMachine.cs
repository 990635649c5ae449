using System.Globalization;
using System.Runtime.CompilerServices;

namespace Offstage.Shell.Commands.Bc;

/// <summary>Ends the program, as <c>halt</c> does.</summary>
internal sealed class BcHaltException : Exception;

/// <summary>Runs the lines of a program.</summary>
/// <param name="readLine">The next line of standard input; null at its end.</param>
internal sealed class BcMachine(CommandContext context, BcOutput output, bool hasLibrary, Func<string?> readLine) : IDisposable
{
    private readonly Dictionary<string, BcFunction> functions = [];
    private readonly Dictionary<string, BcNumber> constants = [];
    private readonly BcVariables variables = new(context.Budget);
    private readonly BcLibrary library = new(context.Check);
    private int scale = hasLibrary ? 20 : 0;
    private int inputBase = 10;
    private int outputBase = 10;
    private BcNumber last = BcNumber.Zero;
    private BcNumber result;
    private string running = "(main)";

    private enum Flow
    {
        Next,
        Break,
        Continue,
        Return,
    }

    public void Define(BcFunction function) => functions[function.Name] = function;

    /// <summary>Runs one line. An error of it is told and ends it.</summary>
    public void Run(IReadOnlyList<BcStatement> statements)
    {
        try
        {
            foreach (BcStatement statement in statements)
            {
                if (Execute(statement) != Flow.Next) break;
            }
        }
        catch (BcRuntimeException e)
        {
            Tell("error", e.Message);
        }
        catch (InsufficientExecutionStackException)
        {
            Tell("error", "Functions call each other too deeply");
        }

        running = "(main)";
    }

    public void Dispose() => variables.Dispose();

    private void Tell(string kind, string message)
    {
        context.Output.Flush();
        context.Error.WriteLine($"Runtime {kind} (func={running}): {message}");
        context.Error.Flush();
    }

    private Flow Execute(BcStatement statement)
    {
        context.Check();
        switch (statement)
        {
            case BcStatement.Evaluation e:
                BcNumber? value = EvaluateStatement(e.Expression);
                if (!e.IsPrinted || value is not { } shown) return Flow.Next;
                last = shown;
                output.Write(shown, outputBase);
                output.Write("\n");
                return Flow.Next;
            case BcStatement.Text text:
                output.Write(text.Value);
                return Flow.Next;
            case BcStatement.Print print:
                foreach (BcPrintItem item in print.Items) Print(item);
                return Flow.Next;
            case BcStatement.Block block:
                foreach (BcStatement inner in block.Statements)
                {
                    if (Execute(inner) is var flow and not Flow.Next) return flow;
                }

                return Flow.Next;
            case BcStatement.If choice:
                if (!Evaluate(choice.Condition).IsZero) return Execute(choice.Then);
                return choice.Else is null ? Flow.Next : Execute(choice.Else);
            case BcStatement.Loop loop:
                return Repeat(loop);
            case BcStatement.Break:
                return Flow.Break;
            case BcStatement.Continue:
                return Flow.Continue;
            case BcStatement.Return back:
                result = back.Value is null ? BcNumber.Zero : Evaluate(back.Value);
                return Flow.Return;
            case BcStatement.Limits:
                output.Write($"BC_BASE_MAX     = {int.MaxValue}\nBC_DIM_MAX      = 16777215\nBC_SCALE_MAX    = {BcNumber.DigitsMax}\nBC_STRING_MAX   = {int.MaxValue}\nMAX Exponent    = {int.MaxValue}\n");
                return Flow.Next;
            default:
                throw new BcHaltException();
        }
    }

    private Flow Repeat(BcStatement.Loop loop)
    {
        if (loop.First is not null) Evaluate(loop.First);
        while (loop.Condition is null || !Evaluate(loop.Condition).IsZero)
        {
            context.Budget.CountLoopTurn();
            switch (Execute(loop.Body))
            {
                case Flow.Break:
                    return Flow.Next;
                case Flow.Return:
                    return Flow.Return;
            }

            if (loop.Next is not null) Evaluate(loop.Next);
        }

        return Flow.Next;
    }

    private void Print(BcPrintItem item)
    {
        if (item is BcPrintItem.Text text)
        {
            output.WriteEscaped(text.Content);
            return;
        }

        last = Evaluate(((BcPrintItem.Value)item).Expression);
        output.Write(last, outputBase);
    }

    /// <summary>Null for a call of a function that gives nothing.</summary>
    private BcNumber? EvaluateStatement(BcExpression expression) => expression is BcExpression.Call call ? Call(call) : Evaluate(expression);

    private BcNumber Evaluate(BcExpression expression)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (expression)
        {
            case BcExpression.Number number:
                return Constant(number.Text);
            case BcExpression.Known known:
                return known.Value;
            case BcExpression.Variable variable:
                return variables[variable.Name];
            case BcExpression.Element element:
                return variables.Element(element.Array, Evaluate(element.Index));
            case BcExpression.Special special:
                return Special(special.Name);
            case BcExpression.Assignment assignment:
                return Assign(assignment);
            case BcExpression.Step step:
                return Step(step);
            case BcExpression.Negation negation:
                return Evaluate(negation.Operand).Negate();
            case BcExpression.Not not:
                return Truth(Evaluate(not.Operand).IsZero);
            case BcExpression.Binary binary:
                return Compute(binary.Operator, Evaluate(binary.Left), Evaluate(binary.Right));
            case BcExpression.Comparison comparison:
                int order = BcNumber.Compare(Evaluate(comparison.Left), Evaluate(comparison.Right));
                return Truth(comparison.Operator switch { "<" => order < 0, "<=" => order <= 0, ">" => order > 0, ">=" => order >= 0, "==" => order == 0, _ => order != 0 });
            case BcExpression.Logical logical:
                bool left = !Evaluate(logical.Left).IsZero;
                return Truth(left == logical.IsAnd ? !Evaluate(logical.Right).IsZero : left);
            case BcExpression.Builtin builtin:
                return Builtin(builtin);
            default:
                return Call((BcExpression.Call)expression) ?? throw new BcRuntimeException("Void function used in an expression");
        }
    }

    private static BcNumber Truth(bool value) => value ? BcNumber.One : BcNumber.Zero;

    private BcNumber Constant(string text)
    {
        if (constants.TryGetValue(text, out BcNumber known)) return known;
        return constants[text] = BcNumber.Parse(text, inputBase);
    }

    private BcNumber Compute(char operation, BcNumber a, BcNumber b)
    {
        switch (operation)
        {
            case '+':
                return BcNumber.Add(a, b);
            case '-':
                return BcNumber.Add(a, b.Negate());
            case '*':
                return BcNumber.Multiply(a, b, scale);
            case '/':
                return BcNumber.Divide(a, b, scale);
            case '%':
                return BcNumber.Modulo(a, b, scale);
            default:
                if (b.Scale > 0) Tell("warning", "non-zero scale in exponent");
                return BcNumber.Power(a, b, scale);
        }
    }

    private BcNumber Assign(BcExpression.Assignment assignment)
    {
        // The index is found once: it may count up by itself.
        BcExpression target = Settle(assignment.Target);
        BcNumber before = assignment.Operator == '\0' ? BcNumber.Zero : Evaluate(target);
        BcNumber value = Evaluate(assignment.Value);
        if (assignment.Operator != '\0') value = Compute(assignment.Operator, before, value);
        return Store(target, value);
    }

    private BcNumber Step(BcExpression.Step step)
    {
        BcExpression target = Settle(step.Target);
        BcNumber before = Evaluate(target);
        BcNumber after = Store(target, BcNumber.Add(before, new(step.By, 0)));
        return step.IsPrefix ? after : before;
    }

    private BcExpression Settle(BcExpression target)
    {
        return target is BcExpression.Element element ? element with { Index = new BcExpression.Known(Evaluate(element.Index)) } : target;
    }

    private BcNumber Store(BcExpression target, BcNumber value)
    {
        switch (target)
        {
            case BcExpression.Variable variable:
                variables[variable.Name] = value;
                break;
            case BcExpression.Element element:
                variables.SetElement(element.Array, Evaluate(element.Index), value);
                break;
            case BcExpression.Special special:
                SetSpecial(special.Name, value);
                break;
        }

        return value;
    }

    private BcNumber Special(string name) => name switch
    {
        "scale" => new(scale, 0),
        "ibase" => new(inputBase, 0),
        "obase" => new(outputBase, 0),
        _ => last,
    };

    private void SetSpecial(string name, BcNumber value)
    {
        long wanted = value.ToInt64();
        switch (name)
        {
            case "scale":
                scale = Bounded(wanted, 0, BcNumber.DigitsMax, "negative scale, set to 0", $"scale too large, set to {BcNumber.DigitsMax}");
                break;
            case "ibase":
                inputBase = Bounded(wanted, 2, 36, "ibase too small, set to 2", "ibase too large, set to 36");
                constants.Clear();
                break;
            case "obase":
                outputBase = Bounded(wanted, 2, int.MaxValue, "obase too small, set to 2", $"obase too large, set to {int.MaxValue}");
                break;
            default:
                last = value;
                break;
        }
    }

    private int Bounded(long value, int least, int most, string below, string above)
    {
        if (value < least) Tell("warning", below);
        if (value > most) Tell("warning", above);
        return (int)Math.Clamp(value, least, most);
    }

    private BcNumber Builtin(BcExpression.Builtin builtin)
    {
        if (builtin.Operand is null) return BcInput.Number(readLine(), inputBase);
        BcNumber operand = Evaluate(builtin.Operand);
        return builtin.Name switch
        {
            "length" => new(operand.Length(), 0),
            "scale" => new(operand.Scale, 0),
            _ => BcNumber.SquareRoot(operand, scale),
        };
    }

    private BcNumber? Call(BcExpression.Call call)
    {
        context.Check();
        if (!functions.TryGetValue(call.Name, out BcFunction? function))
        {
            if (!hasLibrary || BcLibrary.Arity(call.Name) is not { } arity) throw new BcRuntimeException($"Function {call.Name} not defined.");
            if (call.Arguments.Count != arity) throw new BcRuntimeException("Parameter number mismatch");
            return library.Call(call.Name, [.. call.Arguments.Select(a => Evaluate(((a as BcArgument.Value) ?? throw new BcRuntimeException("Parameter type mismatch")).Expression))], scale);
        }

        if (call.Arguments.Count != function.Parameters.Count) throw new BcRuntimeException("Parameter number mismatch");
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var frame = new BcFrame(variables);
        var arguments = new List<(BcParameter Parameter, BcNumber Value, string? Array)>();
        for (int i = 0; i < call.Arguments.Count; i++)
        {
            BcParameter parameter = function.Parameters[i];
            if (parameter.IsArray != call.Arguments[i] is BcArgument.Array) throw new BcRuntimeException($"Parameter type mismatch, parameter {parameter.Name}.");
            arguments.Add(call.Arguments[i] is BcArgument.Value v ? (parameter, Evaluate(v.Expression), null) : (parameter, BcNumber.Zero, ((BcArgument.Array)call.Arguments[i]).Name));
        }

        (string caller, running) = (running, function.Name);
        int callersBase = inputBase;
        try
        {
            frame.Enter(arguments, function.Locals);
            // Numbers in a function are read in the base that was set when it was called.
            BcNumber value = Execute(function.Body) == Flow.Return ? result : BcNumber.Zero;
            if (inputBase != callersBase) constants.Clear();
            running = caller;
            return function.IsVoid ? null : value;
        }
        finally
        {
            frame.Leave();
        }
    }
}
