using System.Text;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Jq;

/// <summary>Runs a compiled program over the inputs and writes what it gives.</summary>
internal sealed class JqSession
{
    private const int StatusError = 5;

    private readonly CommandContext context;
    private readonly JqSettings settings;
    private readonly Code code;
    private readonly JqInputs inputs;
    private readonly JqRun run;
    private readonly JsonWriter writer;
    private JsonValue? last;
    private bool failed;

    public JqSession(CommandContext context, JqSettings settings, Code code)
    {
        this.context = context;
        this.settings = settings;
        this.code = code;
        inputs = new JqInputs(context, settings, settings.Files);
        run = new JqRun(context, inputs);
        inputs.Run = run;
        JsonColors? colors = settings.Color ? JsonColors.Parse(context.Environment.GetValueOrDefault("JQ_COLORS")) : null;
        writer = new JsonWriter(settings.Indent, settings.SortKeys, settings.AsciiOutput, colors, context.Check);
    }

    public int Run()
    {
        int? halted = null;
        try
        {
            halted = RunAll();
        }
        catch (JsonSyntaxException error)
        {
            context.Complain($"parse error: {Latin.FromUnicode(error.Message)}");
            failed = true;
        }
        finally
        {
            inputs.Close();
            run.ReleaseAll();
        }

        if (halted is { } status) return status;
        if (failed) return StatusError;
        if (inputs.HadError) return 2;
        if (!settings.ExitStatus) return 0;
        return last is null ? 4 : last.IsTrue ? 0 : 1;
    }

    private int? RunAll()
    {
        if (settings.IsNull) return RunOne(JsonValue.Null);
        while (inputs.Next() is { } input)
        {
            if (RunOne(input) is { } halted) return halted;
        }

        return null;
    }

    /// <returns>The status, when the program halted.</returns>
    private int? RunOne(JsonValue input)
    {
        run.Pending = null;
        // The last input decides about the status.
        failed = false;
        try
        {
            _ = run.Emit(code.Body, new Frame(null, code, []), new(input), item =>
            {
                Write(item.Value);
                return true;
            });
        }
        catch (InsufficientExecutionStackException)
        {
            run.FailEmit("Recursion too deep");
        }
        catch (JqMemoryException)
        {
            run.FailEmit("Value too large");
        }

        switch (run.Pending)
        {
            case Ending.Error error:
                Tell(error.Value);
                break;
            case Ending.Break:
                Tell(JsonValue.Of("break"));
                break;
            case Ending.Halt halt:
                if (halt.Message is JsonString text) WriteError(text.Value);
                else if (halt.Message is { } message) WriteError(JsonWriter.ToText(message) + "\n");
                return halt.Status & 0xFF;
        }

        return null;
    }

    private void Tell(JsonValue error)
    {
        failed = true;
        context.Complain(error is JsonString text
            ? $"error (at {Latin.FromUnicode(inputs.Position)}): {Latin.FromUnicode(text.Value)}"
            : $"error (at {Latin.FromUnicode(inputs.Position)}) (not a string): {Latin.FromUnicode(JsonWriter.ToText(error))}");
    }

    private void WriteError(string text)
    {
        context.Output.Flush();
        context.Error.Write(Encoding.UTF8.GetBytes(text));
        context.Error.Flush();
    }

    private void Write(JsonValue value)
    {
        last = value;
        writer.Clear();
        if (settings.IsSequence) writer.Raw("\u001e"u8);
        if (settings.RawOutput && value is JsonString text && !settings.AsciiOutput) writer.Raw(text.Value);
        else if (settings.RawOutput && value is JsonString ascii) writer.RawAscii(ascii.Value);
        else writer.Write(value);
        if (settings.NullOutput) writer.Raw("\0"u8);
        else if (!settings.JoinOutput) writer.Raw("\n"u8);
        context.Output.Write(writer.Written);
    }
}
