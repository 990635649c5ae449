namespace Offstage.Shell.Commands;

internal sealed class FalseCommand : ICommand
{
    public string Name => "false";

    public int Run(CommandContext context) => 1;
}
