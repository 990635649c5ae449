using System.Text;
using Offstage.Shell.Commands.Text;
using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Awk;

internal sealed class AwkCommand(string name) : ICommand
{
    private static readonly OptionTable table = new(
        "awk [POSIX or GNU style options] -f progfile [--] file ...\nawk [POSIX or GNU style options] [--] 'program' file ...",
        "Runs a program over the records of its input.",
        new('f', "file", "read the program from progfile", OptionArgument.Required, "progfile"),
        new('F', "field-separator", "set FS", OptionArgument.Required, "fs"),
        new('v', "assign", "set a variable before the program begins", OptionArgument.Required, "var=val"),
        new('e', "source", "use this program text", OptionArgument.Required, "program-text"),
        new('b', "characters-as-bytes", "treat all data as single bytes"),
        new('c', "traditional", "ignored"),
        new('P', "posix", "ignored"),
        new('r', "re-interval", "ignored"),
        new('S', "sandbox", "ignored"),
        new('O', "optimize", "ignored"),
        new('N', "use-lc-numeric", "ignored"),
        new('n', "non-decimal-data", "ignored"),
        new('t', "lint-old", "ignored"),
        new('L', "lint", "ignored", OptionArgument.Optional, "fatal"))
    { StopsAtOperand = true, UsageErrorStatus = 2 };

    public string Name => name;

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int status);
        if (options is null) return status;
        string? source = Source(context, options);
        if (source is null)
        {
            context.Error.WriteLine($"Usage: {context.Name} [POSIX or GNU style options] -f progfile [--] file ...");
            return 1;
        }

        AwkProgram program;
        try
        {
            program = AwkParser.Parse(source);
        }
        catch (AwkSyntaxException error)
        {
            context.Complain(error.Line > 0 ? $"cmd. line:{error.Line}: {error.Message}" : $"fatal: {error.Message}");
            return error.Line > 0 ? 1 : 2;
        }

        var runtime = new AwkRuntime(context, program);
        try
        {
            Prepare(context, options, runtime);
            runtime.Run();
            runtime.Streams.CloseAll();
            return runtime.ExitStatus;
        }
        catch (AwkException error)
        {
            runtime.Streams.Flush();
            context.Complain($"cmd. line:1: {(runtime.RecordNumber > 0 ? $"(FILENAME={FileName(runtime)} FNR={runtime.FileRecordNumber}) " : "")}fatal: {error.Message}");
            return 2;
        }
        catch (PosixRegexException error)
        {
            context.Complain($"fatal: {error.Message}");
            return 2;
        }
        catch (InsufficientExecutionStackException)
        {
            context.Complain("fatal: calls nested too deeply");
            return 2;
        }
    }

    /// <summary>Whether an operand is <c>name=value</c>.</summary>
    public static bool TryAssignment(string text, out string name, out string value)
    {
        int equals = text.IndexOf('=');
        (name, value) = ("", "");
        if (equals <= 0 || char.IsAsciiDigit(text[0])) return false;
        for (int i = 0; i < equals; i++)
        {
            if (!char.IsAsciiLetterOrDigit(text[i]) && text[i] != '_') return false;
        }

        (name, value) = (text[..equals], AwkLexer.Unescape(text[(equals + 1)..]));
        return true;
    }

    private static string FileName(AwkRuntime runtime) => runtime.FindGlobal("FILENAME")?.Value.Text("") is { Length: > 0 } file ? file : "-";

    private static string? Source(CommandContext context, ParsedOptions options)
    {
        var source = new StringBuilder();
        bool any = false;
        foreach (var given in options.Given)
        {
            if (given.Key is not ("f" or "e")) continue;
            any = true;
            if (given.Key == "e")
            {
                source.Append(given.Value).Append('\n');
                continue;
            }

            using var file = InputFile.TryOpen(context, given.Value!, out var error);
            if (file is null) throw new CommandFailedException($"fatal: cannot open source file `{given.Value}' for reading: {error.Message()}", 2);
            source.Append(Latin.Text(file.ReadToEnd())).Append('\n');
        }

        if (any) return source.ToString();
        if (options.Operands.Count == 0) return null;
        string program = options.Operands[0];
        options.Operands.RemoveAt(0);
        return program;
    }

    private static void Prepare(CommandContext context, ParsedOptions options, AwkRuntime runtime)
    {
        if (runtime.FindGlobal("ENVIRON") is { } environment)
        {
            var items = environment.RequireArray("ENVIRON").Items;
            foreach (var (key, value) in context.Environment) items[key] = AwkValue.Input(value);
        }

        // ARGV is always there: the input is read by it.
        foreach (var given in options.Given)
        {
            if (given.Key == "F") runtime.SetGlobal("FS", AwkValue.Of(given.Value == "t" ? "\t" : AwkLexer.Unescape(given.Value!)));
            if (given.Key != "v") continue;
            if (!TryAssignment(given.Value!, out string name, out string value)) throw new CommandFailedException($"fatal: `{given.Value}' argument to `-v' not in `var=value' form", 2);
            runtime.SetGlobal(name, AwkValue.Input(value));
        }

        runtime.SetArguments(context.Name, options.Operands);
    }
}
