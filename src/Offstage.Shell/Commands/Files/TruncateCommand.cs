using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Files;

internal sealed class TruncateCommand : ICommand
{
    private static readonly OptionTable table = new(
        "truncate OPTION... FILE...",
        "Shrink or extend the size of each FILE to the specified size.",
        new('c', "no-create", "do not create any files"),
        new('o', "io-blocks", "treat SIZE as number of IO blocks instead of bytes"),
        new('r', "reference", "base size on RFILE", OptionArgument.Required, "RFILE"),
        new('s', "size", "set or adjust the file size by SIZE bytes", OptionArgument.Required, "SIZE"));

    public string Name => "truncate";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int status);
        if (options is null) return status;
        if (!options.Has('s') && !options.Has('r')) return Usage.Error(context, "you must specify either '--size' or '--reference'");
        if (options.Operands.Count == 0) return Usage.Error(context, "missing file operand");
        string size = options.Value('s')?.Trim() ?? "+0";
        char change = size.Length > 0 && "+-<>/%".Contains(size[0], StringComparison.Ordinal) ? size[0] : '=';
        if (!SizeText.TryParse(change == '=' ? size : size[1..], out long amount)) throw new CommandFailedException($"Invalid number: {Latin.Quote(options.Value('s')!)}");
        if (options.Has('o')) amount *= 4096;
        long? reference = null;
        if (options.Value('r') is { } other)
        {
            var error = context.Files.Stat(context.Resolve(other), followLinks: true, out var file);
            if (error != FileError.None) throw new CommandFailedException($"cannot stat {Latin.Quote(other)}: {error.Message()}");
            reference = file.Size;
        }

        if (change is '/' or '%' && amount == 0) throw new CommandFailedException("division by zero");
        foreach (string operand in options.Operands)
        {
            string path = context.Resolve(operand);
            var error = context.Files.Stat(path, followLinks: true, out var file);
            if (error == FileError.NotFound)
            {
                if (options.Has('c')) continue;
                error = context.Files.Open(path, FileOpening.Write | FileOpening.Create, 0b110_110_110 & ~context.Umask, out var handle);
                handle?.Dispose();
            }

            long old = reference ?? file.Size;
            long wanted = change switch
            {
                '+' => old + amount,
                '-' => Math.Max(0, old - amount),
                '<' => Math.Min(old, amount),
                '>' => Math.Max(old, amount),
                '/' => old / amount * amount,
                '%' => (old + amount - 1) / amount * amount,
                _ => amount,
            };
            if (error == FileError.None) error = wanted > context.Budget.Limits.FileBytesMax ? FileError.FileTooBig : context.Files.Truncate(path, wanted);
            if (error == FileError.None) continue;
            context.Complain(error == FileError.FileTooBig ? $"failed to truncate {Latin.Quote(operand)} at {wanted} bytes: {error.Message()}" : $"cannot open {Latin.Quote(operand)} for writing: {error.Message()}");
            status = 1;
        }

        return status;
    }
}
