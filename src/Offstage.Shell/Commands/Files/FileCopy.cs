using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Files;

/// <summary>How files are copied.</summary>
internal sealed record CopySettings
{
    public bool Recursive { get; init; }

    /// <summary>Follow symbolic links: always, only those that are operands, or never.</summary>
    public FollowLinks Follow { get; init; } = FollowLinks.Always;

    public bool PreserveMode { get; init; }

    public bool PreserveTimes { get; init; }

    public bool Force { get; init; }

    public bool NoClobber { get; init; }

    public bool Update { get; init; }

    public bool Verbose { get; init; }

    public bool HardLink { get; init; }

    public bool SymbolicLink { get; init; }

    public Backup? Backup { get; init; }

    /// <summary>Asked before a file is overwritten; null to overwrite without.</summary>
    public Confirmation? Confirmation { get; init; }

    /// <summary>Whether the content of the target stays, or is empty where there was none.</summary>
    public bool AttributesOnly { get; init; }
}

internal enum FollowLinks
{
    Never,
    Operands,
    Always,
}

/// <summary>Copies files and trees, for cp, and for mv between trees.</summary>
internal sealed class FileCopy(CommandContext context, CopySettings settings)
{
    private const int DepthMax = 1000;

    public bool Copy(string source, string target, int depth = 0)
    {
        context.Check();
        bool follow = settings.Follow == FollowLinks.Always || (settings.Follow == FollowLinks.Operands && depth == 0);
        string from = context.Resolve(source), to = context.Resolve(target);
        var error = context.Files.Stat(from, follow, out var status);
        if (error != FileError.None) return Fail($"cannot stat {Latin.Quote(source)}: {error.Message()}");
        var looked = context.Files.Stat(to, followLinks: !status.IsSymbolicLink, out var there);
        bool exists = looked == FileError.None;
        if (looked == FileError.NotDirectory && !target.EndsWith('/')) return Fail($"cannot stat {Latin.Quote(target)}: {looked.Message()}");
        if (status.IsDirectory) return Directory(source, target, status, exists, there, depth);
        if (exists && there.IsDirectory) return Fail($"cannot overwrite directory {Latin.Quote(target)} with non-directory");
        if (exists && settings.NoClobber) return true;
        if (exists && settings.Update && there.ModifiedAt >= status.ModifiedAt) return true;
        if (exists && status.IsSameFile(there))
        {
            if (settings.HardLink) return true;
            return Fail($"{Latin.Quote(source)} and {Latin.Quote(target)} are the same file");
        }

        if (exists && settings.Confirmation?.Asks($"overwrite {Latin.Quote(target)}") == false) return true;
        if (exists && settings.Backup is { } backup)
        {
            error = backup.Make(context, to);
            if (error != FileError.None) return Fail($"cannot backup {Latin.Quote(target)}: {error.Message()}");
        }

        bool done = settings.HardLink ? Link(source, target, from, to, symbolic: false)
            : settings.SymbolicLink ? Link(source, target, from, to, symbolic: true)
            : status.IsSymbolicLink ? Relink(source, target, from, to)
            : Content(source, target, from, to, status);
        if (done && settings.Verbose) context.Output.WriteLine($"{Latin.Quote(source)} -> {Latin.Quote(target)}");
        return done;
    }

    /// <summary>Writes one file's bytes to another, which is created or emptied.</summary>
    public static FileError Bytes(CommandContext context, string from, string to, int mode, out bool reading)
    {
        reading = true;
        var error = context.Files.Open(from, FileOpening.Read, 0, out var input);
        if (input is null) return error;
        using (input)
        {
            reading = false;
            error = context.Files.Open(to, FileOpening.Write | FileOpening.Create | FileOpening.Truncate, mode, out var output);
            if (output is null) return error;
            using (output)
            {
                byte[] buffer = new byte[128 * 1024];
                for (long at = 0; ;)
                {
                    context.Check();
                    error = input.ReadAt(at, buffer, out int count);
                    if (error != FileError.None || count == 0) return error;
                    error = output.WriteAt(at, buffer.AsSpan(0, count));
                    if (error != FileError.None) return error;
                    at += count;
                }
            }
        }
    }

    private bool Directory(string source, string target, FileStatus status, bool exists, FileStatus there, int depth)
    {
        if (!settings.Recursive) return Fail($"-r not specified; omitting directory {Latin.Quote(source)}");
        if (exists && !there.IsDirectory) return Fail($"cannot overwrite non-directory {Latin.Quote(target)} with directory {Latin.Quote(source)}");
        string to = context.Resolve(target), from = context.Resolve(source);
        if (IsInside(to, from))
        {
            if (!exists) _ = context.Files.MakeDirectory(to, 0b111_111_111 & ~context.Umask);
            return Fail($"cannot copy a directory, {Latin.Quote(source)}, into itself, {Latin.Quote(target)}");
        }

        if (depth > DepthMax) return Fail($"cannot copy {Latin.Quote(source)}: nested too deeply");
        // The names are read before the target is made: it may stand in the source.
        var error = context.Files.ReadDirectory(from, out var entries);
        if (error != FileError.None) return Fail($"cannot access {Latin.Quote(source)}: {error.Message()}");
        if (!exists)
        {
            error = context.Files.MakeDirectory(to, (status.Mode & ~(settings.PreserveMode ? 0 : context.Umask)) | 0b111_000_000);
            if (error != FileError.None) return Fail($"cannot create directory {Latin.Quote(target)}: {error.Message()}");
            if (settings.Verbose) context.Output.WriteLine($"{Latin.Quote(source)} -> {Latin.Quote(target)}");
        }

        bool ok = true;
        foreach (var entry in entries.OrderBy(e => e.Name, StringComparer.Ordinal)) ok &= Copy(PathText.Join(source, entry.Name), PathText.Join(target, entry.Name), depth + 1);
        if (!exists) _ = context.Files.ChangeMode(to, settings.PreserveMode ? status.Mode : status.Mode & ~context.Umask);
        if (settings.PreserveTimes) _ = context.Files.SetTimes(to, followLinks: true, status.AccessedAt, status.ModifiedAt);
        return ok;
    }

    private bool IsInside(string path, string directory)
    {
        if (Canonical.Resolve(context, path, Existing.Nothing, out string a) != FileError.None || Canonical.Resolve(context, directory, Existing.Nothing, out string b) != FileError.None) return false;
        return a == b || a.StartsWith(b.TrimEnd('/') + "/", StringComparison.Ordinal);
    }

    private bool Content(string source, string target, string from, string to, FileStatus status)
    {
        int mode = status.Mode & (settings.PreserveMode ? 0xFFF : 0b111_111_111 & ~context.Umask);
        bool reading = false;
        var error = settings.AttributesOnly ? Ensure(to, mode) : Bytes(context, from, to, mode, out reading);
        if (error != FileError.None && !reading && settings.Force)
        {
            _ = context.Files.Unlink(to);
            error = settings.AttributesOnly ? Ensure(to, mode) : Bytes(context, from, to, mode, out reading);
        }

        if (error != FileError.None)
        {
            return Fail(reading ? $"cannot open {Latin.Quote(source)} for reading: {error.Message()}"
                : target.EndsWith('/') ? $"cannot create regular file {Latin.Quote(target)}: Not a directory"
                : $"cannot create regular file {Latin.Quote(target)}: {error.Message()}");
        }

        if (settings.PreserveMode) _ = context.Files.ChangeMode(to, status.Mode);
        if (settings.PreserveTimes) _ = context.Files.SetTimes(to, followLinks: true, status.AccessedAt, status.ModifiedAt);
        return true;
    }

    private FileError Ensure(string path, int mode)
    {
        var error = context.Files.Open(path, FileOpening.Write | FileOpening.Create, mode, out var file);
        file?.Dispose();
        return error;
    }

    private bool Relink(string source, string target, string from, string to)
    {
        var error = context.Files.ReadLink(from, out string value);
        if (error != FileError.None) return Fail($"cannot read symbolic link {Latin.Quote(source)}: {error.Message()}");
        _ = context.Files.Unlink(to);
        error = context.Files.MakeSymbolicLink(value, to);
        return error == FileError.None || Fail($"cannot create symbolic link {Latin.Quote(target)}: {error.Message()}");
    }

    private bool Link(string source, string target, string from, string to, bool symbolic)
    {
        var error = symbolic ? context.Files.MakeSymbolicLink(source, to) : context.Files.MakeHardLink(from, to);
        if (error == FileError.Exists && settings.Force)
        {
            _ = context.Files.Unlink(to);
            error = symbolic ? context.Files.MakeSymbolicLink(source, to) : context.Files.MakeHardLink(from, to);
        }

        return error == FileError.None || Fail($"cannot create {(symbolic ? "symbolic" : "hard")} link {Latin.Quote(target)}{(symbolic ? "" : $" to {Latin.Quote(source)}")}: {error.Message()}");
    }

    private bool Fail(string message)
    {
        context.Complain(message);
        return false;
    }
}
