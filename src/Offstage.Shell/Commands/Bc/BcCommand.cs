using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Bc;

internal sealed class BcCommand : ICommand
{
    private static readonly OptionTable table = new(
        "bc [OPTION]... [FILE]...",
        "Calculate with numbers of any length: run the programs of the FILEs, then standard input.",
        new('h', null, "display this help and exit"),
        new('i', "interactive", "ignored"),
        new('l', "mathlib", "use the predefined math routines"),
        new('q', "quiet", "don't print initial banner"),
        new('s', "standard", "non-standard bc constructs are errors"),
        new('w', "warn", "warn about non-standard bc constructs"),
        new('v', null, "output version information and exit"));

    public string Name => "bc";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        if (options.Has('h')) return table.Parse(context, ["--help"], out _) is null ? 0 : 1;
        if (options.Has('v')) return table.Parse(context, ["--version"], out _) is null ? 0 : 1;
        int lineLength = int.TryParse(context.Environment.GetValueOrDefault("BC_LINE_LENGTH"), out int wanted) && wanted is 0 or > 2 ? wanted : 70;
        InputReader standard = context.Reader();
        BcLexer? standardProgram = null;
        using var machine = new BcMachine(context, new BcOutput(context, lineLength), options.Has('l'), () => standardProgram is null ? Line(standard) : standardProgram.TakeLine());
        try
        {
            foreach (string operand in options.Operands)
            {
                using InputFile? file = InputFile.TryOpen(context, operand, out _);
                if (file is null)
                {
                    context.Error.WriteLine($"File {operand} is unavailable.");
                    context.Error.Flush();
                    return 1;
                }

                if (!RunProgram(context, options, Lexer(context, options, file.Reader, operand), machine)) return 0;
            }

            standardProgram = Lexer(context, options, standard, "(standard_in)");
            RunProgram(context, options, standardProgram, machine);
        }
        catch (BcHaltException)
        {
            return 0;
        }
        finally
        {
            standard.Release();
        }

        return 0;
    }

    private static BcLexer Lexer(CommandContext context, ParsedOptions options, InputReader reader, string origin)
    {
        BcLexer? lexer = null;
        lexer = new(() => Line(reader), origin, message => Tell(context, message)) { Extension = Extension(context, options, () => $"{origin} {lexer!.LineNumber}:") };
        return lexer;
    }

    /// <returns>False when the program has quit.</returns>
    private static bool RunProgram(CommandContext context, ParsedOptions options, BcLexer lexer, BcMachine machine)
    {
        var parser = new BcParser(lexer) { Extension = Extension(context, options, () => $"{lexer.Origin} {lexer.LineNumber}:") };
        while (true)
        {
            try
            {
                switch (parser.Next())
                {
                    case BcUnit.Statements lines:
                        machine.Run(lines.List);
                        break;
                    case BcUnit.Definition definition:
                        machine.Define(definition.Function);
                        break;
                    case BcUnit.Quit:
                        return false;
                    default:
                        return true;
                }
            }
            catch (BcSyntaxException e)
            {
                Tell(context, $"{lexer.Origin} {lexer.LineNumber}: {e.Message}");
                parser.SkipLine();
            }
        }
    }

    /// <summary>What becomes of something that POSIX does not have: nothing, a warning, or an error.</summary>
    private static Action<string>? Extension(CommandContext context, ParsedOptions options, Func<string> place) => options.Last("s", "w") switch
    {
        "s" => what => throw new BcSyntaxException($"Error: {what}"),
        "w" => what => Tell(context, $"{place()} (Warning) {what}"),
        _ => null,
    };

    private static void Tell(CommandContext context, string message)
    {
        context.Output.Flush();
        context.Error.WriteLine(message);
        context.Error.Flush();
    }

    private static string? Line(InputReader reader)
        => reader.TryReadLine(out ReadOnlySpan<byte> line, out bool ended) ? Latin.Text(line) + (ended ? "\n" : "") : null;
}
