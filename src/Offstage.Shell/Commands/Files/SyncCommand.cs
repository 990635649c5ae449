using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Files;

/// <summary>What is written has arrived already; only the operands are looked at.</summary>
internal sealed class SyncCommand : ICommand
{
    private static readonly OptionTable table = new(
        "sync [OPTION] [FILE]...",
        "Synchronize cached writes to persistent storage.",
        new('d', "data", "sync only file data, no unneeded metadata"),
        new('f', "file-system", "sync the file systems that contain the files"));

    public string Name => "sync";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int status);
        if (options is null) return status;
        if (options.Has('d') && options.Has('f')) throw new CommandFailedException("cannot specify both --data and --file-system");
        if (options.Has('d') && options.Operands.Count == 0) throw new CommandFailedException("--data needs at least one argument");
        foreach (string operand in options.Operands)
        {
            FileError error = context.Files.Stat(context.Resolve(operand), followLinks: true, out _);
            if (error == FileError.None) continue;
            context.Complain($"error opening {Latin.Quote(operand)}: {error.Message()}");
            status = 1;
        }

        return status;
    }
}
