using System.Text;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Jq;

/// <summary>Reads the arguments of a call. They are not getopt's: <c>--arg</c> takes two, and where <c>--args</c> stands matters.</summary>
internal sealed class JqArguments(CommandContext context, OptionTable table)
{
    private readonly List<string> operands = [];
    private readonly List<JsonValue> positional = [];
    private readonly List<string> folders = [];
    private JqSettings settings = new();
    private JsonObject named = JsonObject.Empty;
    private string? program;
    private bool programTaken;
    private char positionalAs;
    private int at;

    /// <returns>Null when the call is over; the status tells how.</returns>
    public JqSettings? Parse(out int status)
    {
        status = 0;
        bool onlyOperands = false;
        for (at = 0; at < context.Arguments.Count; at++)
        {
            string argument = context.Arguments[at];
            if (onlyOperands || argument.Length < 2 || argument[0] != '-')
            {
                if (!TakeOperand(argument))
                {
                    status = 2;
                    return null;
                }
            }
            else if (argument == "--")
            {
                onlyOperands = true;
            }
            else if (argument is "--help" or "-h")
            {
                _ = table.Parse(context, ["--help"], out status);
                return null;
            }
            else if (argument is "--version" or "-V")
            {
                context.Output.WriteLine("jq-1.7.1");
                return null;
            }
            else
            {
                string? problem = argument.StartsWith("--", StringComparison.Ordinal) ? TakeLong(argument[2..]) : TakeShort(argument[1..]);
                if (problem is not null)
                {
                    context.Complain(problem);
                    context.Error.WriteLine($"Use {context.Name} --help for help with command-line options,");
                    context.Error.WriteLine("or see the jq manpage, or online docs  at https://jqlang.github.io/jq");
                    status = 2;
                    return null;
                }
            }
        }

        return settings with { Program = program, Files = operands, Named = named, Positional = positional, Folders = folders };
    }

    private bool TakeOperand(string text)
    {
        if (!programTaken)
        {
            program = text;
            programTaken = true;
            return true;
        }

        switch (positionalAs)
        {
            case 'a':
                positional.Add(JsonValue.Of(Latin.ToUnicode(text)));
                return true;
            case 'j':
                if (TryJson(Latin.Bytes(text), out List<JsonValue> values) && values.Count == 1)
                {
                    positional.Add(values[0]);
                    return true;
                }

                context.Complain($"Invalid JSON text passed to --jsonargs");
                context.Error.WriteLine($"Use {context.Name} --help for help with command-line options,");
                context.Error.WriteLine("or see the jq manpage, or online docs  at https://jqlang.github.io/jq");
                return false;
            default:
                operands.Add(text);
                return true;
        }
    }

    private string? Next() => at + 1 < context.Arguments.Count ? context.Arguments[++at] : null;

    private string? TakeShort(string letters)
    {
        for (int i = 0; i < letters.Length; i++)
        {
            char letter = letters[i];
            if (letter == 'L')
            {
                string? folder = i + 1 < letters.Length ? letters[(i + 1)..] : Next();
                if (folder is null) return "-L takes a parameter: (e.g. -L /search/path or -L/search/path)";
                folders.Add(folder);
                return null;
            }

            string? name = letter switch
            {
                's' => "slurp",
                'r' => "raw-output",
                'j' => "join-output",
                'a' => "ascii-output",
                'c' => "compact-output",
                'C' => "color-output",
                'M' => "monochrome-output",
                'S' => "sort-keys",
                'R' => "raw-input",
                'n' => "null-input",
                'f' => "from-file",
                'e' => "exit-status",
                _ => null,
            };
            if (name is null) return $"Unknown option: -{letters}";
            if (TakeLong(name) is { } problem) return problem;
        }

        return null;
    }

    private string? TakeLong(string name)
    {
        switch (name)
        {
            case "slurp": settings = settings with { IsSlurped = true }; return null;
            case "raw-output": settings = settings with { RawOutput = true }; return null;
            case "raw-output0": settings = settings with { RawOutput = true, NullOutput = true }; return null;
            case "join-output": settings = settings with { RawOutput = true, JoinOutput = true }; return null;
            case "ascii-output": settings = settings with { AsciiOutput = true }; return null;
            case "compact-output": settings = settings with { Indent = null }; return null;
            case "color-output": settings = settings with { Color = true }; return null;
            case "monochrome-output": settings = settings with { Color = false }; return null;
            case "sort-keys": settings = settings with { SortKeys = true }; return null;
            case "raw-input": settings = settings with { IsRaw = true }; return null;
            case "null-input": settings = settings with { IsNull = true }; return null;
            case "from-file": settings = settings with { FromFile = true }; return null;
            case "exit-status": settings = settings with { ExitStatus = true }; return null;
            case "tab": settings = settings with { Indent = "\t" }; return null;
            case "unbuffered" or "stream-errors": return null;
            case "stream": settings = settings with { IsStream = true }; return null;
            case "seq": settings = settings with { IsSequence = true }; return null;
            case "args": positionalAs = 'a'; return null;
            case "jsonargs": positionalAs = 'j'; return null;
            case "indent":
                if (!int.TryParse(Next(), out int width)) return "--indent takes one parameter";
                if (width < 0) return "Cannot indent less than zero";
                if (width > 7) return "Cannot indent more than 7 characters";
                settings = settings with { Indent = width == 0 ? null : new string(' ', width) };
                return null;
            case "library-path":
                if (Next() is not { } folder) return "-L takes a parameter: (e.g. -L /search/path or -L/search/path)";
                folders.Add(folder);
                return null;
            case "arg" or "argjson" or "slurpfile" or "rawfile":
                return TakeNamed(name, Next(), Next());
            default:
                return $"Unknown option: --{name}";
        }
    }

    private string? TakeNamed(string option, string? name, string? text)
    {
        if (name is null || text is null) return $"--{option} takes two parameters (e.g. --{option} varname {(option is "arg" or "argjson" ? (option == "arg" ? "value" : "text") : "filename")})";
        JsonValue value;
        if (option == "arg")
        {
            value = JsonValue.Of(Latin.ToUnicode(text));
        }
        else if (option == "argjson")
        {
            if (!TryJson(Latin.Bytes(text), out List<JsonValue> values) || values.Count != 1) return $"Invalid JSON text passed to --argjson";
            value = values[0];
        }
        else
        {
            using var file = InputFile.TryOpen(context, text, out FileError error);
            if (file is null) return $"Bad JSON in --{option} {name} {text}: Could not open {text}: {error.Message()}";
            byte[] bytes = file.ReadToEnd();
            if (option == "rawfile") value = JsonValue.Of(Encoding.UTF8.GetString(bytes));
            else if (TryJson(bytes, out List<JsonValue> values)) value = JsonArray.Of(values);
            else return $"Bad JSON in --slurpfile {name} {text}";
        }

        string key = Latin.ToUnicode(name);
        if (named.Find(key) is null) named = named.With(key, value);
        return null;
    }

    private bool TryJson(byte[] bytes, out List<JsonValue> values)
    {
        byte[]? left = bytes;
        bool Source(out ReadOnlySpan<byte> block)
        {
            block = left;
            bool any = left is { Length: > 0 };
            left = null;
            return any;
        }

        values = [];
        try
        {
            var reader = new JsonReader(Source, context.Check);
            while (reader.Read() is { } value) values.Add(value);
            return true;
        }
        catch (JsonSyntaxException)
        {
            return false;
        }
    }
}
