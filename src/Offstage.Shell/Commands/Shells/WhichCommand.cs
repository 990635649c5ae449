using Offstage.Shell.Builtins;

namespace Offstage.Shell.Commands;

internal sealed class WhichCommand : ICommand
{
    private static readonly OptionTable Options = new("which [-a] NAME...", "Tell the path of programs.", new Option('a', "all", "print all that match"));

    public string Name => "which";

    public int Run(CommandContext context)
    {
        if (Options.Parse(context, out int status) is not { } options)
            return status;
        foreach (string name in options.Operands)
        {
            bool found = false;
            foreach (string path in CommandKinds.Paths(context.Process!, name, options.Has('a')))
            {
                context.Output.WriteLine(path);
                found = true;
            }

            status |= found ? 0 : 1;
        }

        return status;
    }
}
