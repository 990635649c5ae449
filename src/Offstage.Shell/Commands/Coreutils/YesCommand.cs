using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class YesCommand : ICommand
{
    public string Name => "yes";

    public int Run(CommandContext context)
    {
        byte[] line = Latin.Bytes((context.Arguments.Count == 0 ? "y" : string.Join(' ', context.Arguments)) + "\n");
        byte[] block = [.. Enumerable.Repeat(line, Math.Max(1, 8192 / line.Length)).SelectMany(l => l)];
        while (true)
        {
            context.Check();
            context.Output.Write(block);
        }
    }
}
