using System.Security.Cryptography;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Binary;

/// <summary>md5sum, sha1sum and their like: the digest of each file, or a check of digests in a list.</summary>
internal sealed class ChecksumCommand(string name, string algorithm, Func<IDigest> create) : ICommand
{
    private readonly OptionTable table = new(
        $"{name} [OPTION]... [FILE]...",
        $"Print or check {algorithm} checksums.",
        new('b', "binary", "read in binary mode"),
        new('c', "check", "read checksums from the FILEs and check them"),
        new('\0', "tag", "create a BSD-style checksum"),
        new('t', "text", "read in text mode (default)"),
        new('z', "zero", "end each output line with NUL, not newline"),
        new('\0', "ignore-missing", "don't fail or report status for missing files"),
        new('\0', "quiet", "don't print OK for each successfully verified file"),
        new('\0', "status", "don't output anything, status code shows success"),
        new('\0', "strict", "exit non-zero for improperly formatted checksum lines"),
        new('w', "warn", "warn about improperly formatted checksum lines"));

    public string Name => name;

    /// <summary>As lines with a tag name it.</summary>
    public string Algorithm => algorithm;

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int status);
        return options is null ? status : Run(context, options, options.Has("tag"));
    }

    /// <param name="tagged">Whether lines name the algorithm.</param>
    public int Run(CommandContext context, ParsedOptions options, bool tagged)
    {
        if (options.Has('c')) return Check(context, options);
        int status = 0;
        foreach (string operand in options.Operands.Count == 0 ? ["-"] : options.Operands)
        {
            byte[]? bytes = Digest(context, operand);
            if (bytes is null)
            {
                status = 1;
                continue;
            }

            string digest = Convert.ToHexStringLower(bytes);

            bool escaped = operand.AsSpan().IndexOfAny('\\', '\n', '\r') >= 0 && !options.Has('z');
            string shown = escaped ? operand.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal) : operand;
            context.Output.Write(tagged ? $"{(escaped ? "\\" : "")}{algorithm} ({shown}) = {digest}" : $"{(escaped ? "\\" : "")}{digest} {(options.Has('b') ? '*' : ' ')}{shown}");
            context.Output.WriteByte(options.Has('z') ? (byte)0 : (byte)'\n');
        }

        return status;
    }

    private byte[]? Digest(CommandContext context, string operand, bool quietWhenMissing = false)
    {
        using var file = InputFile.TryOpen(context, operand, out var error);
        if (file is null)
        {
            if (!quietWhenMissing || error != FileError.NotFound) context.Complain(operand, error);
            return null;
        }

        var digest = create();
        while (file.Lines.TryReadAny(out var block)) digest.Append(block);
        if (file.Error == FileError.None) return digest.Finish();
        context.Complain(operand, file.Error);
        return null;
    }

    private int Check(CommandContext context, ParsedOptions options)
    {
        bool ok = true;
        foreach (string list in options.Operands.Count == 0 ? ["-"] : options.Operands)
        {
            using var file = InputFile.Open(context, list);
            ok &= file is not null && CheckList(context, options, list, file.ReadToEnd());
        }

        return ok ? 0 : 1;
    }

    /// <summary>Checks the files of one list.</summary>
    /// <returns>False when something does not match; that is told.</returns>
    public bool CheckList(CommandContext context, ParsedOptions options, string list, byte[] content)
    {
        bool silent = options.Has("status"), ignores = options.Has("ignore-missing");
        int bad = 0, failed = 0, missing = 0, good = 0;
        foreach (string line in Latin.Text(content).TrimEnd('\n').Split('\n'))
        {
            if (!TryEntry(line, out string wanted, out string path))
            {
                bad++;
                continue;
            }

            byte[]? digest = Digest(context, path, ignores);
            if (digest is null)
            {
                if (ignores) continue;
                missing++;
                if (!silent) context.Output.WriteLine($"{path}: FAILED open or read");
                continue;
            }

            bool matches = string.Equals(Convert.ToHexString(digest), wanted, StringComparison.OrdinalIgnoreCase);
            if (matches) good++;
            else failed++;
            if (!silent && !(matches && options.Has("quiet"))) context.Output.WriteLine($"{path}: {(matches ? "OK" : "FAILED")}");
        }

        string shown = list == "-" ? "'standard input'" : list;
        if (good + failed + missing == 0 && !(ignores && bad == 0))
        {
            context.Complain($"{shown}: no properly formatted checksum lines found");
            return false;
        }

        if (!silent)
        {
            if (bad > 0) context.Complain($"WARNING: {bad} line{(bad == 1 ? " is" : "s are")} improperly formatted");
            if (missing > 0) context.Complain($"WARNING: {missing} listed file{(missing == 1 ? "" : "s")} could not be read");
            if (failed > 0) context.Complain($"WARNING: {failed} computed checksum{(failed == 1 ? "" : "s")} did NOT match");
            if (ignores && good + failed == 0) context.Complain($"{shown}: no file was verified");
        }

        return failed == 0 && missing == 0 && !(ignores && good + failed == 0) && !(bad > 0 && options.Has("strict"));
    }

    private bool TryEntry(string line, out string digest, out string path)
    {
        (digest, path) = ("", "");
        if (line.StartsWith('\\')) line = line[1..].Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);
        if (line.StartsWith(algorithm + " (", StringComparison.Ordinal) && line.LastIndexOf(") = ", StringComparison.Ordinal) is > 0 and var close)
        {
            path = line[(algorithm.Length + 2)..close];
            digest = line[(close + 4)..];
            return IsHex(digest);
        }

        int space = line.IndexOf(' ');
        if (space <= 0 || space + 2 >= line.Length || line[space + 1] is not (' ' or '*')) return false;
        digest = line[..space];
        path = line[(space + 2)..];
        return IsHex(digest) && digest.Length == create().Length * 2;
    }

    private static bool IsHex(string text) => text.Length > 0 && text.All(char.IsAsciiHexDigit);
}

/// <summary>Takes bytes and gives a digest of them.</summary>
internal interface IDigest
{
    /// <summary>In bytes.</summary>
    int Length { get; }

    void Append(ReadOnlySpan<byte> bytes);

    byte[] Finish();
}

internal sealed class HashDigest(HashAlgorithmName name, int length) : IDigest
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(name);

    public int Length => length;

    public void Append(ReadOnlySpan<byte> bytes) => hash.AppendData(bytes);

    public byte[] Finish()
    {
        using (hash) return hash.GetHashAndReset();
    }
}
