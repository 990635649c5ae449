namespace Offstage.Shell.Files;

/// <summary>Tells of every file that is opened or changed through it.</summary>
internal sealed class AuditedFileTree(IFileTree inner, Action<FileTouch> audit) : IFileTree
{
    public FileError Stat(string path, bool followLinks, out FileStatus status) => inner.Stat(path, followLinks, out status);

    public FileError Open(string path, FileOpening opening, int mode, out IFileHandle? handle)
    {
        bool writes = (opening & (FileOpening.Write | FileOpening.Append | FileOpening.Truncate)) != 0;
        return Tell(writes ? FileTouchKind.Write : FileTouchKind.Read, path, inner.Open(path, opening, mode, out handle));
    }

    public FileError ReadDirectory(string path, out IReadOnlyList<DirectoryEntry> entries)
        => Tell(FileTouchKind.Read, path, inner.ReadDirectory(path, out entries));

    public FileError MakeDirectory(string path, int mode) => Tell(FileTouchKind.Write, path, inner.MakeDirectory(path, mode));

    public FileError Rename(string from, string to)
    {
        FileError error = inner.Rename(from, to);
        Tell(FileTouchKind.Remove, from, error);
        return Tell(FileTouchKind.Write, to, error);
    }

    public FileError Unlink(string path) => Tell(FileTouchKind.Remove, path, inner.Unlink(path));

    public FileError RemoveDirectory(string path) => Tell(FileTouchKind.Remove, path, inner.RemoveDirectory(path));

    public FileError MakeSymbolicLink(string target, string path) => Tell(FileTouchKind.Write, path, inner.MakeSymbolicLink(target, path));

    public FileError ReadLink(string path, out string target) => inner.ReadLink(path, out target);

    public FileError MakeHardLink(string existing, string path) => Tell(FileTouchKind.Write, path, inner.MakeHardLink(existing, path));

    public FileError ChangeMode(string path, int mode) => Tell(FileTouchKind.Change, path, inner.ChangeMode(path, mode));

    public FileError SetTimes(string path, bool followLinks, DateTimeOffset? accessedAt, DateTimeOffset? modifiedAt)
        => Tell(FileTouchKind.Change, path, inner.SetTimes(path, followLinks, accessedAt, modifiedAt));

    public FileError Truncate(string path, long length) => Tell(FileTouchKind.Write, path, inner.Truncate(path, length));

    private FileError Tell(FileTouchKind kind, string path, FileError outcome)
    {
        audit(new FileTouch(kind, path, outcome));
        return outcome;
    }
}
