using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class TeeCommand : ICommand
{
    private static readonly OptionTable table = new(
        "tee [OPTION]... [FILE]...",
        "Copy standard input to each FILE, and also to standard output.",
        new('a', "append", "append to the given FILEs, do not overwrite"),
        new('i', "ignore-interrupts", "ignore interrupt signals"),
        new('p', null, "operate in a more appropriate MODE with pipes"),
        new('\0', "output-error", "set behavior on write error", OptionArgument.Optional, "MODE"));

    public string Name => "tee";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int status);
        if (options is null) return status;
        var files = new List<(FileDescription File, OutputWriter Writer)>();
        var opening = FileOpening.Create | (options.Has('a') ? FileOpening.Append : FileOpening.Write | FileOpening.Truncate);
        foreach (string name in options.Operands)
        {
            var error = context.Open(name, opening, out var file);
            if (file is not null)
            {
                files.Add((file, context.Writer(file)));
                continue;
            }

            context.Complain(name, error);
            status = 1;
        }

        var input = new LineBlocks(context.StandardInput, context.Interruption);
        while (input.TryReadAny(out var block))
        {
            context.Output.Write(block);
            context.Output.Flush();
            foreach (var (_, writer) in files) writer.Write(block);
        }

        foreach (var (file, writer) in files)
        {
            writer.Flush();
            file.Release();
        }

        input.Release();
        if (input.Error == FileError.None) return status;
        context.Complain($"read error: {input.Error.Message()}");
        return 1;
    }
}
