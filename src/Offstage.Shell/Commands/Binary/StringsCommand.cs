using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Binary;

internal sealed class StringsCommand : ICommand
{
    private static readonly OptionTable table = new(
        "strings [option(s)] [file(s)]",
        "Display printable strings in [file(s)] (stdin by default).",
        new('a', "all", "scan the entire file (default)"),
        new('d', "data", "ignored"),
        new('f', "print-file-name", "print the name of the file before each string"),
        new('n', "bytes", "locate any sequence of at least <number> displayable characters", OptionArgument.Required, "number"),
        new('o', null, "an alias for --radix=o"),
        new('t', "radix", "print the location of the string in base 8, 10 or 16", OptionArgument.Required, "{o,d,x}"),
        new('w', "include-all-whitespace", "include all whitespace as valid string characters"));

    public string Name => "strings";

    public int Run(CommandContext context)
    {
        var arguments = context.Arguments.Select(a => a.Length > 1 && a[0] == '-' && a.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0 ? "-n" + a[1..] : a).ToList();
        var options = table.Parse(context, arguments, out int usage);
        if (options is null) return usage;
        int least = options.Value('n') is { } n ? int.TryParse(n, out int value) && value > 0 ? value : throw new CommandFailedException($"invalid minimum string length {n}") : 4;
        string radix = options.Has('o') ? "o" : options.Value('t') ?? "";
        int status = 0;
        foreach (string name in options.Operands.Count == 0 ? ["-"] : options.Operands)
        {
            using var file = InputFile.TryOpen(context, name, out var error);
            if (file is null)
            {
                context.Complain(error == FileError.NotFound ? $"'{name}': No such file" : $"{name}: {error.Message()}");
                status = 1;
                continue;
            }

            byte[] content = file.ReadToEnd();
            for (int at = 0; at < content.Length;)
            {
                int start = at;
                while (at < content.Length && IsShown(content[at], options.Has('w'))) at++;
                if (at - start >= least)
                {
                    if (options.Has('f')) context.Output.Write($"{(name == "-" ? "{standard input}" : name)}: ");
                    if (radix.Length > 0) context.Output.Write((radix switch { "o" => Convert.ToString(start, 8), "x" => start.ToString("x"), _ => start.ToString() }).PadLeft(7) + " ");
                    context.Output.Write(content.AsSpan(start, at - start));
                    context.Output.WriteByte((byte)'\n');
                }

                at++;
            }
        }

        return status;
    }

    private static bool IsShown(byte b, bool whitespace) => b is >= 32 and < 127 or (byte)'\t' || (whitespace && b is (byte)'\n' or (byte)'\r' or (byte)'\v' or (byte)'\f');
}
