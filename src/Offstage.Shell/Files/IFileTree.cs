namespace Offstage.Shell;

/// <summary>A tree of files as a shell and its commands see it: the calls of POSIX that they need, synchronous and with named errors.</summary>
/// <remarks>
/// Paths and names are byte strings: one char per byte, all of them at most U+00FF. A path is absolute; it may hold <c>.</c>, <c>..</c> and
/// repeated slashes, which are resolved component by component as the kernel does, and <c>..</c> of the root is the root. A trailing slash
/// demands a directory. Implementations are safe to use from several threads; each call is atomic. No call follows more than 40 symbolic links.
/// </remarks>
public interface IFileTree
{
    /// <param name="followLinks">Whether a symbolic link as the last component is followed.</param>
    FileError Stat(string path, bool followLinks, out FileStatus status);

    /// <summary>Opens a file. A directory may be opened for reading only, and every read of it answers <see cref="FileError.IsDirectory"/>.</summary>
    /// <param name="mode">Permission bits of a file that is created; the caller has applied its umask.</param>
    FileError Open(string path, FileOpening opening, int mode, out IFileHandle? handle);

    /// <summary>The names of a directory without <c>.</c> and <c>..</c>, in no order.</summary>
    FileError ReadDirectory(string path, out IReadOnlyList<DirectoryEntry> entries);

    FileError MakeDirectory(string path, int mode);

    /// <summary>Moves atomically, replacing a file or an empty directory of the same kind.</summary>
    FileError Rename(string from, string to);

    /// <summary>Removes a name. Handles that are open go on to work.</summary>
    FileError Unlink(string path);

    FileError RemoveDirectory(string path);

    FileError MakeSymbolicLink(string target, string path);

    FileError ReadLink(string path, out string target);

    /// <summary>Gives a file a second name; a symbolic link is linked itself, not followed.</summary>
    FileError MakeHardLink(string existing, string path);

    FileError ChangeMode(string path, int mode);

    /// <summary>Sets times; null leaves one as it is.</summary>
    FileError SetTimes(string path, bool followLinks, DateTimeOffset? accessedAt, DateTimeOffset? modifiedAt);

    FileError Truncate(string path, long length);
}

/// <summary>An open file. It survives the removal of its name. Safe from several threads.</summary>
public interface IFileHandle : IDisposable
{
    /// <param name="count">0 at the end of the file.</param>
    FileError ReadAt(long offset, Span<byte> buffer, out int count);

    /// <summary>Writes all or nothing; a gap before the offset reads as zeros.</summary>
    FileError WriteAt(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Writes at the end, wherever it is by now.</summary>
    /// <param name="end">The length of the file afterwards.</param>
    FileError Append(ReadOnlySpan<byte> bytes, out long end);

    FileError Truncate(long length);

    FileError Stat(out FileStatus status);
}
