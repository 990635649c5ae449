using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Awk;

internal sealed class AwkCommand(string name) : ICommand
{
    private const string InPlace = "inplace";

    private static readonly OptionTable table = new(
        "awk [POSIX or GNU style options] -f progfile [--] file ...\nawk [POSIX or GNU style options] [--] 'program' file ...",
        "Runs a program over the records of its input.",
        new('f', "file", "read the program from progfile", OptionArgument.Required, "progfile"),
        new('F', "field-separator", "set FS", OptionArgument.Required, "fs"),
        new('v', "assign", "set a variable before the program begins", OptionArgument.Required, "var=val"),
        new('e', "source", "use this program text", OptionArgument.Required, "program-text"),
        new('i', "include", "read this library before the program; inplace changes the files that are read", OptionArgument.Required, "includefile"),
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
        var source = Source(context, options);
        if (source is null)
        {
            context.Error.WriteLine($"Usage: {context.Name} [POSIX or GNU style options] -f progfile [--] file ...");
            return 1;
        }

        AwkProgram program;
        try
        {
            program = AwkParser.Parse(source.Text);
        }
        catch (AwkSyntaxException error)
        {
            Complain(context, source, error);
            return 1;
        }

        foreach (var (line, message) in program.Warnings) context.Complain($"{source.Place(line)}: warning: {message}");
        var runtime = new AwkRuntime(context, program) { EditsInPlace = options.Values('i').Contains(InPlace) };
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
            context.Complain($"{source.Place(1)}: {(runtime.RecordNumber > 0 ? $"(FILENAME={FileName(runtime)} FNR={runtime.FileRecordNumber}) " : "")}fatal: {error.Message}");
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

    /// <summary>Writes the line and a mark below the place, where the error has one.</summary>
    private static void Complain(CommandContext context, AwkProgramText source, AwkSyntaxException error)
    {
        string place = source.Place(error.Line);
        if (error.Position < 0)
        {
            context.Complain($"{place}: {error.Message}");
            return;
        }

        var (line, column) = source.LineAt(error.Position);
        string indent = new([.. line.Take(column).Select(c => c == '\t' ? c : ' ')]);
        context.Complain($"{place}: {line}");
        context.Complain($"{place}: {indent}^ {error.Message}");
    }

    /// <returns>Null when there is no program.</returns>
    private static AwkProgramText? Source(CommandContext context, ParsedOptions options)
    {
        var source = new AwkProgramText(context);
        foreach (string library in options.Values('i').Where(l => l != InPlace)) source.AddFile(library, once: true);
        bool any = false;
        foreach (var given in options.Given)
        {
            if (given.Key is not ("f" or "e")) continue;
            any = true;
            if (given.Key == "e") source.AddCommandLine(given.Value!);
            else source.AddFile(given.Value!);
        }

        if (any) return source;
        if (options.Operands.Count == 0) return null;
        source.AddCommandLine(options.Operands[0]);
        options.Operands.RemoveAt(0);
        return source;
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
            if (given.Key == "F") runtime.SetGlobal("FS", AwkValue.Of(AwkLexer.Unescape(given.Value!)));
            if (given.Key != "v") continue;
            if (!TryAssignment(given.Value!, out string name, out string value)) throw new CommandFailedException($"fatal: `{given.Value}' argument to `-v' not in `var=value' form", 2);
            runtime.SetGlobal(name, AwkValue.Input(value));
        }

        runtime.SetArguments(context.Name, options.Operands);
    }
}
