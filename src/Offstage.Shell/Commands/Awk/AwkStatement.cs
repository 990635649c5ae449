namespace Offstage.Shell.Commands.Awk;

/// <summary>How a statement ended.</summary>
internal enum AwkFlow
{
    Normal,
    Break,
    Continue,
    Next,
    NextFile,
    Exit,
    Return,
}

/// <summary>A compiled statement.</summary>
internal abstract class AwkStatement
{
    public abstract AwkFlow Execute(AwkRuntime runtime);
}

internal sealed class AwkBlock(AwkStatement[] statements) : AwkStatement
{
    public override AwkFlow Execute(AwkRuntime runtime)
    {
        foreach (var statement in statements)
        {
            var flow = statement.Execute(runtime);
            if (flow != AwkFlow.Normal) return flow;
        }

        return AwkFlow.Normal;
    }
}

internal sealed class AwkExpressionStatement(AwkExpression expression) : AwkStatement
{
    private readonly bool isNumber = expression is AwkNumberExpression;

    public override AwkFlow Execute(AwkRuntime runtime)
    {
        if (isNumber) expression.Number(runtime);
        else expression.Evaluate(runtime);
        return AwkFlow.Normal;
    }
}

internal sealed class AwkIf(AwkExpression condition, AwkStatement yes, AwkStatement? no) : AwkStatement
{
    public override AwkFlow Execute(AwkRuntime runtime)
        => condition.Truth(runtime) ? yes.Execute(runtime) : no?.Execute(runtime) ?? AwkFlow.Normal;
}

/// <summary>while, do and for: a condition may be absent, a step too.</summary>
internal sealed class AwkLoop(AwkStatement? start, AwkExpression? condition, AwkStatement? step, AwkStatement body, bool bodyFirst) : AwkStatement
{
    public override AwkFlow Execute(AwkRuntime runtime)
    {
        start?.Execute(runtime);
        bool test = !bodyFirst;
        while (true)
        {
            runtime.Turn();
            if (test && condition is not null && !condition.Truth(runtime)) return AwkFlow.Normal;
            test = true;
            var flow = body.Execute(runtime);
            if (flow == AwkFlow.Break) return AwkFlow.Normal;
            if (flow is not (AwkFlow.Normal or AwkFlow.Continue)) return flow;
            step?.Execute(runtime);
        }
    }
}

internal sealed class AwkForIn(AwkPlace variable, IAwkArraySource array, AwkStatement body) : AwkStatement
{
    public override AwkFlow Execute(AwkRuntime runtime)
    {
        var keys = runtime.OrderedKeys(array.Array(runtime));
        foreach (string key in keys)
        {
            runtime.Turn();
            variable.Assign(runtime, AwkValue.Input(key));
            var flow = body.Execute(runtime);
            if (flow == AwkFlow.Break) break;
            if (flow is not (AwkFlow.Normal or AwkFlow.Continue)) return flow;
        }

        return AwkFlow.Normal;
    }
}

internal sealed class AwkSimple(AwkFlow flow) : AwkStatement
{
    public override AwkFlow Execute(AwkRuntime runtime) => flow;
}

internal sealed class AwkExit(AwkExpression? status) : AwkStatement
{
    public override AwkFlow Execute(AwkRuntime runtime)
    {
        if (status is not null) runtime.ExitStatus = (int)(long)status.Number(runtime) & 0xFF;
        return AwkFlow.Exit;
    }
}

internal sealed class AwkReturn(AwkExpression? value) : AwkStatement
{
    public override AwkFlow Execute(AwkRuntime runtime)
    {
        runtime.Returned = value?.Evaluate(runtime) ?? default;
        return AwkFlow.Return;
    }
}

internal sealed class AwkDelete(IAwkArraySource array, AwkElement? element) : AwkStatement
{
    public override AwkFlow Execute(AwkRuntime runtime)
    {
        if (element is not null) element.Delete(runtime);
        else array.Array(runtime).Items.Clear();
        return AwkFlow.Normal;
    }
}

internal sealed class AwkSwitch(AwkExpression subject, AwkSwitch.Case[] cases) : AwkStatement
{
    /// <param name="Value">A constant or a regular expression; null for default.</param>
    internal sealed record Case(AwkExpression? Value, AwkBlock Body);

    public override AwkFlow Execute(AwkRuntime runtime)
    {
        var value = subject.Evaluate(runtime);
        int start = Array.FindIndex(cases, c => c.Value is not null && Matches(runtime, value, c.Value));
        if (start < 0) start = Array.FindIndex(cases, c => c.Value is null);
        for (int i = start; i >= 0 && i < cases.Length; i++)
        {
            var flow = cases[i].Body.Execute(runtime);
            if (flow == AwkFlow.Break) break;
            if (flow != AwkFlow.Normal) return flow;
        }

        return AwkFlow.Normal;
    }

    private static bool Matches(AwkRuntime runtime, in AwkValue value, AwkExpression wanted)
    {
        if (wanted is AwkRegexLiteral) return runtime.Regex(wanted).IsMatch(runtime.BytesOf(value.Text(runtime.ConversionFormat)), runtime.CancellationToken);
        return AwkValue.Compare(value, wanted.Evaluate(runtime), runtime.ConversionFormat) == 0;
    }
}

internal enum AwkRedirection
{
    None,
    Write,
    Append,
    Pipe,

    /// <summary>To a command whose output is read back.</summary>
    Coprocess,
}

internal sealed class AwkPrint(AwkExpression[] values, bool formatted, AwkRedirection redirection, AwkExpression? target) : AwkStatement
{
    public override AwkFlow Execute(AwkRuntime runtime)
    {
        if (formatted)
        {
            string text = runtime.Format(values);
            runtime.Streams.Writing(redirection, target, runtime).Write(text);
        }
        else if (values.Length == 0)
        {
            var writer = runtime.Streams.Writing(redirection, target, runtime);
            writer.Write(runtime.Record.Bytes);
            writer.Write(runtime.OutputRecordSeparator);
        }
        else if (values.Length == 1)
        {
            string text = Shown(values[0], runtime);
            var writer = runtime.Streams.Writing(redirection, target, runtime);
            writer.Write(text);
            writer.Write(runtime.OutputRecordSeparator);
        }
        else
        {
            string[] texts = new string[values.Length];
            for (int i = 0; i < values.Length; i++) texts[i] = Shown(values[i], runtime);
            var writer = runtime.Streams.Writing(redirection, target, runtime);
            for (int i = 0; i < texts.Length; i++)
            {
                if (i > 0) writer.Write(runtime.OutputFieldSeparator);
                writer.Write(texts[i]);
            }

            writer.Write(runtime.OutputRecordSeparator);
        }

        return AwkFlow.Normal;
    }

    private static string Shown(AwkExpression expression, AwkRuntime runtime)
    {
        if (expression is AwkTextExpression) return expression.Text(runtime);
        var value = expression.Evaluate(runtime);
        return value.Text(runtime.OutputFormat);
    }
}
