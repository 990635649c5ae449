using System.Security.Cryptography;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Binary;

/// <summary>cksum: POSIX's CRC and the length, or the sum that <c>-a</c> names.</summary>
internal sealed class CksumCommand : ICommand
{
    private static readonly OptionTable table = new(
        "cksum [OPTION]... [FILE]...",
        "Print or verify checksums. By default use the 32 bit CRC algorithm.",
        new('a', "algorithm", "select the digest type to use", OptionArgument.Required, "TYPE"),
        new('c', "check", "read checksums from the FILEs and check them"),
        new('\0', "tag", "create a BSD-style checksum (the default)"),
        new('\0', "untagged", "create a reversed style checksum, without digest type"),
        new('z', "zero", "end each output line with NUL, not newline"),
        new('\0', "ignore-missing", "don't fail or report status for missing files"),
        new('\0', "quiet", "don't print OK for each successfully verified file"),
        new('\0', "status", "don't output anything, status code shows success"),
        new('\0', "strict", "exit non-zero for improperly formatted checksum lines"),
        new('w', "warn", "warn about improperly formatted checksum lines"));

    private static readonly ChecksumCommand[] digests =
    [
        new("md5", "MD5", () => new HashDigest(HashAlgorithmName.MD5, 16)),
        new("sha1", "SHA1", () => new HashDigest(HashAlgorithmName.SHA1, 20)),
        new("sha224", "SHA224", () => new Sha224()),
        new("sha256", "SHA256", () => new HashDigest(HashAlgorithmName.SHA256, 32)),
        new("sha384", "SHA384", () => new HashDigest(HashAlgorithmName.SHA384, 48)),
        new("sha512", "SHA512", () => new HashDigest(HashAlgorithmName.SHA512, 64)),
        new("blake2b", "BLAKE2b", () => new Blake2b()),
    ];

    public string Name => "cksum";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        string? algorithm = options.Value('a');
        if (options.Has('c') && algorithm is null) return Check(context, options);
        switch (algorithm)
        {
            case null or "crc":
                return Crc(context, options);
            case "bsd" or "sysv":
                return SumCommand.Run(context, options.Operands, systemV: algorithm == "sysv");
        }

        if (Array.Find(digests, d => d.Name == algorithm) is not { } digest)
        {
            context.Complain($"invalid argument '{algorithm}' for '--algorithm'");
            context.Error.WriteLine($"Valid arguments are:{string.Concat(digests.Select(d => $"\n  - '{d.Name}'"))}\nTry 'cksum --help' for more information.");
            return 1;
        }

        return digest.Run(context, options, tagged: options.Last("tag", "untagged") != "untagged");
    }

    /// <summary>Each line names its own algorithm, so each list goes to the command of its first line.</summary>
    private static int Check(CommandContext context, ParsedOptions options)
    {
        int status = 0;
        foreach (string list in options.Operands.Count == 0 ? ["-"] : options.Operands)
        {
            using var file = InputFile.Open(context, list);
            if (file is null)
            {
                status = 1;
                continue;
            }

            byte[] content = file.ReadToEnd();
            string first = Latin.Text(content).TrimStart('\\').Split(' ')[0];
            var digest = Array.Find(digests, d => d.Algorithm == first) ?? digests[0];
            if (!digest.CheckList(context, options, list, content)) status = 1;
        }

        return status;
    }

    private static int Crc(CommandContext context, ParsedOptions options)
    {
        var status = new RunningStatus();
        foreach (var file in InputFile.OpenAll(context, options.Operands, status))
        {
            uint crc = 0;
            long length = 0;
            while (file.Lines.TryReadAny(out var block))
            {
                length += block.Length;
                crc = PosixCrc.Add(crc, block);
            }

            for (long rest = length; rest > 0; rest >>= 8) crc = PosixCrc.Add(crc, [(byte)rest]);
            context.Output.WriteLine($"{~crc} {length}{(options.Operands.Count == 0 ? "" : " " + file.Name)}");
        }

        return status.Value;
    }
}
