namespace Offstage.Shell.Commands;

internal sealed class TrueCommand : ICommand
{
    public string Name => "true";

    public int Run(CommandContext context) => 0;
}
