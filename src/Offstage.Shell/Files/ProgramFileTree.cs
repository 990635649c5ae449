namespace Offstage.Shell.Files;

/// <summary>
/// A tree with what every shell has besides: devices in <c>/dev</c>, and its commands as programs in <c>/bin</c> and <c>/usr/bin</c>, where the
/// tree itself has nothing of the name.
/// </summary>
internal sealed class ProgramFileTree(IFileTree inner, CommandRegistry commands) : IFileTree
{
    private static readonly string[] Devices = ["null", "zero", "full", "random", "urandom", "stdin", "stdout", "stderr", "fd"];

    /// <summary>The command that a path names where the tree has no such file; null for none.</summary>
    public ICommand? FindProgram(string path)
    {
        string? name = path.StartsWith("/usr/bin/", StringComparison.Ordinal) ? path["/usr/bin/".Length..]
            : path.StartsWith("/bin/", StringComparison.Ordinal) ? path["/bin/".Length..] : null;
        return name is null ? null : commands.Find(name);
    }

    public FileError Stat(string path, bool followLinks, out FileStatus status)
    {
        FileError error = inner.Stat(path, followLinks, out status);
        if (error is not (FileError.NotFound or FileError.NotDirectory))
            return error;
        if (FindProgram(path) is { } program)
        {
            status = Synthetic(FileKind.Regular, 0b111_101_101, 1000 + program.Name.GetHashCode(StringComparison.Ordinal)) with { Size = 1 };
            return FileError.None;
        }

        if (path.StartsWith("/dev/", StringComparison.Ordinal) && (Devices.Contains(path[5..]) || Streams.FileOpener.DescriptorOf(path) is not null))
        {
            status = Synthetic(FileKind.CharacterDevice, 0b110_110_110, 3 + Array.IndexOf(Devices, path[5..]));
            return FileError.None;
        }

        if (path is "/bin" or "/usr/bin" or "/usr" or "/dev" or "/dev/fd" or "/bin/" or "/usr/bin/" or "/usr/" or "/dev/")
        {
            status = Synthetic(FileKind.Directory, 0b111_101_101, 100 + path.TrimEnd('/').Length);
            return FileError.None;
        }

        return error;
    }

    public FileError Open(string path, FileOpening opening, int mode, out IFileHandle? handle)
    {
        FileError error = inner.Open(path, opening, mode, out handle);
        if (error == FileError.NotFound && FindProgram(path) is not null)
            return FileError.AccessDenied;
        return error;
    }

    public FileError ReadDirectory(string path, out IReadOnlyList<DirectoryEntry> entries)
    {
        FileError error = inner.ReadDirectory(path, out entries);
        string trimmed = path.TrimEnd('/');
        if (error == FileError.NotFound && trimmed is "/dev")
        {
            entries = [.. Devices.Select((d, i) => new DirectoryEntry(d, FileKind.CharacterDevice, 3 + i))];
            return FileError.None;
        }

        if (error == FileError.NotFound && trimmed is "/bin" or "/usr/bin")
        {
            entries = [.. commands.Names.Select(n => new DirectoryEntry(n, FileKind.Regular, 1000 + n.GetHashCode(StringComparison.Ordinal)))];
            return FileError.None;
        }

        return error;
    }

    public FileError MakeDirectory(string path, int mode) => inner.MakeDirectory(path, mode);

    public FileError Rename(string from, string to) => inner.Rename(from, to);

    public FileError Unlink(string path) => inner.Unlink(path);

    public FileError RemoveDirectory(string path) => inner.RemoveDirectory(path);

    public FileError MakeSymbolicLink(string target, string path) => inner.MakeSymbolicLink(target, path);

    public FileError ReadLink(string path, out string target) => inner.ReadLink(path, out target);

    public FileError MakeHardLink(string existing, string path) => inner.MakeHardLink(existing, path);

    public FileError ChangeMode(string path, int mode) => inner.ChangeMode(path, mode);

    public FileError SetTimes(string path, bool followLinks, DateTimeOffset? accessedAt, DateTimeOffset? modifiedAt)
        => inner.SetTimes(path, followLinks, accessedAt, modifiedAt);

    public FileError Truncate(string path, long length) => inner.Truncate(path, length);

    private static FileStatus Synthetic(FileKind kind, int mode, long inode)
        => new(kind, mode, 0, inode, 1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, Device: 2);
}
