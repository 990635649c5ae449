using Offstage.Shell.Commands.Text;
using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Sed;

internal sealed class SedCommand : ICommand
{
    private const string ProgramUsage = "Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n";

    private static readonly OptionTable table = new(
        "sed [OPTION]... {script-only-if-no-other-script} [input-file]...",
        "A stream editor: runs a script over each line of its input.",
        new('n', "quiet", "suppress automatic printing of pattern space"),
        new('\0', "silent", "the same as --quiet"),
        new('\0', "debug", "annotate program execution (ignored)"),
        new('e', "expression", "add the script to the commands to be executed", OptionArgument.Required, "script"),
        new('f', "file", "add the contents of script-file to the commands to be executed", OptionArgument.Required, "script-file"),
        new('\0', "follow-symlinks", "follow symlinks when processing in place"),
        new('i', "in-place", "edit files in place (makes backup if SUFFIX supplied)", OptionArgument.Optional, "SUFFIX"),
        new('l', "line-length", "specify the desired line-wrap length for the `l' command", OptionArgument.Required, "N"),
        new('\0', "posix", "disable all GNU extensions"),
        new('E', "regexp-extended", "use extended regular expressions in the script"),
        new('r', null, "the same as -E"),
        new('s', "separate", "consider files as separate rather than as a single continuous long stream"),
        new('\0', "sandbox", "operate in sandbox mode (disable e/r/w commands)"),
        new('u', "unbuffered", "flush the output buffers more often"),
        new('b', "binary", "ignored"),
        new('z', "null-data", "separate lines by NUL characters"));

    public string Name => "sed";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int status);
        if (options is null) return status;
        var script = Script(context, options);
        if (script is null) return 1;
        byte terminator = options.Has('z') ? (byte)0 : (byte)'\n';
        bool inPlace = options.Has('i');
        if (inPlace && options.Operands.Count == 0) throw new CommandFailedException("no input files", 4);
        var settings = new SedSettings(
            options.Has('n') || options.Has("silent") || script.Text.StartsWith("#n", StringComparison.Ordinal),
            options.Has('s') || inPlace,
            options.Has("posix") || context.Environment.ContainsKey("POSIXLY_CORRECT"),
            context.IsUtf8,
            options.Has('u'),
            terminator,
            options.Value('l') is { } length ? int.TryParse(length, out int width) ? width : throw new CommandFailedException($"invalid line length: {length}") : 70);
        try
        {
            var program = SedParser.Parse(script, new(options.Has('E') || options.Has('r'), context.IsUtf8, options.Has("sandbox")));
            return Run(context, options, program, settings, inPlace);
        }
        catch (SedSyntaxException error)
        {
            throw new CommandFailedException(error.Message, error.Status);
        }
        catch (PosixRegexException error)
        {
            throw new CommandFailedException(error.Message, 4);
        }
    }

    private static int Run(CommandContext context, ParsedOptions options, SedInstruction[] program, SedSettings settings, bool inPlace)
    {
        var standardOutput = new SedOutput(context.Output, settings.Terminator);
        var editing = new SedInPlace(context, options.Value('i') ?? "", settings.Terminator);
        IReadOnlyList<string> names = options.Operands.Count == 0 ? ["-"] : options.Operands;
        using var files = new SedFiles(context, standardOutput, settings.Terminator);
        files.Create(program);
        using var input = new SedInput(context, names, settings.Terminator, settings.Separate)
        {
            Opening = inPlace ? editing.Begin : null,
            Closed = inPlace ? editing.End : null,
        };
        var machine = new SedMachine(context, program, input, files, settings) { Output = () => editing.Output ?? standardOutput };
        int asked = machine.Run();
        files.Flush();
        return asked != 0 ? asked : input.Status;
    }

    private static SedScript? Script(CommandContext context, ParsedOptions options)
    {
        var script = new SedScript();
        foreach (var given in options.Given)
        {
            if (given.Key == "e")
            {
                script.AddExpression(given.Value!);
            }
            else if (given.Key == "f")
            {
                using var file = InputFile.TryOpen(context, given.Value!, out var error);
                if (file is null) throw new CommandFailedException($"couldn't open file {given.Value}: {error.Message()}", 4);
                script.AddFile(given.Value!, Latin.Text(file.ReadToEnd()));
            }
        }

        if (!script.IsEmpty) return script;
        if (options.Operands.Count == 0)
        {
            context.Error.Write(ProgramUsage);
            return null;
        }

        script.AddExpression(options.Operands[0]);
        options.Operands.RemoveAt(0);
        return script;
    }
}
