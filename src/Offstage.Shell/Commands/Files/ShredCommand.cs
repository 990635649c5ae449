using System.Globalization;
using System.Security.Cryptography;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Files;

/// <summary>shred: overwrites files with random bytes, and removes them if asked to.</summary>
internal sealed class ShredCommand : ICommand
{
    private const int BlockSize = 4096;

    private static readonly OptionTable table = new(
        "shred [OPTION]... FILE...",
        "Overwrite the specified FILE(s) repeatedly.",
        new('f', "force", "change permissions to allow writing if necessary"),
        new('n', "iterations", "overwrite N times instead of the default (3)", OptionArgument.Required, "N"),
        new('s', "size", "shred this many bytes", OptionArgument.Required, "N"),
        new('u', null, "deallocate and remove file after overwriting"),
        new('\0', "remove", "like -u but give control on HOW to delete", OptionArgument.Optional, "HOW"),
        new('v', "verbose", "show progress"),
        new('x', "exact", "do not round file sizes up to the next full block"),
        new('z', "zero", "add a final overwrite with zeros to hide shredding"));

    public string Name => "shred";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        if (options.Operands.Count == 0) return Usage.Error(context, "missing file operand");
        int passes = 3;
        if (options.Value('n') is { } n && (!int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out passes) || passes > 1000))
            throw new CommandFailedException($"invalid number of passes: {Latin.Quote(n)}");
        long? size = null;
        if (options.Value('s') is { } s) size = SizeText.TryParse(s, out long wanted) ? wanted : throw new CommandFailedException($"invalid file size: {Latin.Quote(s)}");
        int status = 0;
        foreach (string name in options.Operands)
        {
            if (!Shred(context, options, name, passes, size)) status = 1;
        }

        return status;
    }

    private static bool Shred(CommandContext context, ParsedOptions options, string name, int passes, long? wanted)
    {
        string path = context.Resolve(name);
        var error = context.Files.Open(path, FileOpening.Write, 0, out var file);
        if (file is null)
        {
            context.Complain($"{name}: failed to open for writing: {error.Message()}");
            return false;
        }

        using (file)
        {
            _ = context.Files.Stat(path, followLinks: true, out var status);
            long size = wanted ?? (options.Has('x') ? status.Size : (status.Size + BlockSize - 1) / BlockSize * BlockSize);
            int total = passes + (options.Has('z') ? 1 : 0);
            for (int pass = 1; pass <= total; pass++)
            {
                bool zero = pass > passes;
                if (options.Has('v')) context.Complain($"{name}: pass {pass}/{total} ({(zero ? "000000" : "random")})...");
                error = Overwrite(context, file, size, zero);
                if (error == FileError.None) continue;
                context.Complain($"{name}: error writing at offset 0: {error.Message()}");
                return false;
            }
        }

        if (!options.Has('u') && !options.Has("remove")) return true;
        error = context.Files.Unlink(path);
        if (error != FileError.None) context.Complain($"{name}: failed to remove: {error.Message()}");
        return error == FileError.None;
    }

    private static FileError Overwrite(CommandContext context, IFileHandle file, long size, bool zero)
    {
        byte[] block = new byte[BlockSize];
        for (long at = 0; at < size; at += BlockSize)
        {
            context.Check();
            if (!zero) RandomNumberGenerator.Fill(block);
            var error = file.WriteAt(at, block.AsSpan(0, (int)Math.Min(BlockSize, size - at)));
            if (error != FileError.None) return error;
        }

        return FileError.None;
    }
}
