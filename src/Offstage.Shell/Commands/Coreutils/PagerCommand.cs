using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

/// <summary>less and more where there is no terminal: they write their files as they are.</summary>
/// <param name="withNames">Whether each file is headed by its name, as more does.</param>
internal sealed class PagerCommand(string name, bool withNames) : ICommand
{
    private const string Rule = "::::::::::::::";

    public string Name => name;

    public int Run(CommandContext context)
    {
        // All their options, and what follows a plus, tell how pages are shown. There are none.
        string[] operands = [.. context.Arguments.TakeWhile(a => a != "--").Where(a => a == "-" || (!a.StartsWith('-') && !a.StartsWith('+'))), .. context.Arguments.SkipWhile(a => a != "--").Skip(1)];
        var status = new RunningStatus();
        foreach (string operand in operands.Length == 0 ? ["-"] : operands)
        {
            using var file = InputFile.TryOpen(context, operand, out var error);
            if (file is null)
            {
                // As both have it where there is no terminal: it is told, and no failure.
                if (withNames) context.Complain($"cannot open {operand}: {error.Message()}");
                else context.Output.WriteLine($"{operand}: {error.Message()}");
                continue;
            }

            if (withNames && operands.Length > 0) context.Output.Write($"{Rule}\n{operand}\n{Rule}\n");
            while (file.Lines.TryReadAny(out var block)) context.Output.Write(block);
            status.Note(context, file);
        }

        return status.Value;
    }
}
