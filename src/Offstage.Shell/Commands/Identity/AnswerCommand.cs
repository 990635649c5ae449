using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Identity;

/// <summary>Commands that ask who and where one is. The answers are the same everywhere and tell nothing of the host.</summary>
internal sealed class AnswerCommand(string name, string answer) : ICommand
{
    private readonly OptionTable table = new($"{name} [OPTION]...", $"Print {answer}.");

    public string Name => name;

    public int Run(CommandContext context)
    {
        // hostname and groups take operands and flags that change nothing here; the others refuse them.
        if (name is "hostname" or "groups" or "nproc" && context.Arguments.All(a => a is not ("--help" or "--version")))
        {
            context.Output.WriteLine(answer);
            return 0;
        }

        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        if (options.Operands.Count > 0) return Usage.ExtraOperand(context, options.Operands[0]);
        context.Output.WriteLine(answer);
        return 0;
    }
}
