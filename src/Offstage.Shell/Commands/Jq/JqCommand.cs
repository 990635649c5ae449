using System.Text;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Jq;

/// <summary>jq 1.7: programs are compiled once and run over each input.</summary>
internal sealed class JqCommand : ICommand
{
    private static readonly OptionTable table = new(
        "jq [OPTIONS] FILTER [FILE]...\njq [OPTIONS] --args FILTER [ARGUMENTS]...\njq [OPTIONS] --jsonargs FILTER [JSON_VALUES]...",
        "jq applies the filter to its JSON text inputs and produces the filter's results as JSON on standard output.",
        new('n', "null-input", "use null as the single input value"),
        new('R', "raw-input", "read each line as a string instead of JSON"),
        new('s', "slurp", "read all inputs into an array and use it as the single input value"),
        new('c', "compact-output", "compact instead of pretty-printed output"),
        new('r', "raw-output", "output strings without escapes and quotes"),
        new('\0', "raw-output0", "like -r, with NUL after each output"),
        new('j', "join-output", "like -r, without newline after each output"),
        new('a', "ascii-output", "output strings by only ASCII characters using escapes"),
        new('S', "sort-keys", "sort keys of each object on output"),
        new('C', "color-output", "colorize JSON output"),
        new('M', "monochrome-output", "disable colored output"),
        new('\0', "tab", "use tabs for indentation"),
        new('\0', "indent", "use n spaces for indentation (at most 7)", OptionArgument.Required, "n"),
        new('\0', "unbuffered", "(ignored)"),
        new('\0', "stream", "parse the input value in streaming fashion"),
        new('\0', "seq", "parse input and write output as application/json-seq"),
        new('f', "from-file", "load the filter from the file that stands in its place"),
        new('L', null, "search modules from the directory", OptionArgument.Required, "directory"),
        new('\0', "arg", "set $name to the string value", OptionArgument.Required, "name value"),
        new('\0', "argjson", "set $name to the JSON value", OptionArgument.Required, "name value"),
        new('\0', "slurpfile", "set $name to an array of JSON values read from the file", OptionArgument.Required, "name file"),
        new('\0', "rawfile", "set $name to string contents of file", OptionArgument.Required, "name file"),
        new('\0', "args", "consume remaining arguments as positional string values"),
        new('\0', "jsonargs", "consume remaining arguments as positional JSON values"),
        new('e', "exit-status", "set exit status code based on the output"));

    public string Name => "jq";

    public int Run(CommandContext context)
    {
        JqSettings? settings = new JqArguments(context, table).Parse(out int status);
        if (settings is null) return status;
        if (settings.Program is not { } program)
        {
            context.Error.WriteLine($"Usage:\t{context.Name} [OPTIONS] FILTER [FILES...]");
            return 2;
        }

        if (settings.FromFile)
        {
            using var file = InputFile.TryOpen(context, program, out FileError error);
            if (file is null)
            {
                context.Complain($"error: Could not open {program}: {error.Message()}");
                return 2;
            }

            program = Latin.Text(file.ReadToEnd());
        }

        Code? code = Compile(context, settings, program);
        return code is null ? 3 : new JqSession(context, settings, code).Run();
    }

    private static Code? Compile(CommandContext context, JqSettings settings, string program)
    {
        string text = Latin.ToUnicode(program);
        try
        {
            Scope? scope = null;
            var arguments = JsonObject.Own(["positional", "named"], [JsonArray.Own([.. settings.Positional]), settings.Named], 2);
            scope = new Scope.Global(scope, "ARGS", _ => arguments);
            foreach (string name in settings.Named.Keys)
            {
                JsonValue value = settings.Named.Find(name)!;
                scope = new Scope.Global(scope, name, _ => value);
            }

            var code = new Code("main");
            var modules = new ModuleLoader(context, settings.Folders.Count > 0 ? settings.Folders : ["/root/.jq", "/usr/lib/jq", "."]);
            code.Complete(new Parser(Lexer.Tokenize(text), modules, scope, new FrameLayout(code, 0)).ParseProgram());
            return code;
        }
        catch (JqSyntaxException error)
        {
            string hint = error.Message.StartsWith("syntax error", StringComparison.Ordinal) ? " (Unix shell quoting issues?)" : "";
            context.Complain($"error: {Latin.FromUnicode(error.Message)}{hint} at <top-level>, line {error.Line}:");
            context.Error.WriteLine(program);
        }
        catch (InsufficientExecutionStackException)
        {
            context.Complain("error: the program is nested too deeply");
        }

        context.Complain("1 compile error");
        return null;
    }
}
