namespace Offstage.Shell;

public enum FileKind
{
    Regular,
    Directory,
    SymbolicLink,
    CharacterDevice,
    Pipe,
}

/// <summary>What stat tells of a file.</summary>
/// <param name="Mode">The twelve permission bits, without the type.</param>
/// <param name="Inode">Unique within its tree; two names with the same number are the same file.</param>
/// <param name="Device">Tells trees and device files apart.</param>
public readonly record struct FileStatus(
    FileKind Kind, int Mode, long Size, long Inode, int Links, DateTimeOffset ModifiedAt, DateTimeOffset AccessedAt, DateTimeOffset ChangedAt, int Device = 1)
{
    public bool IsDirectory => Kind == FileKind.Directory;

    public bool IsRegular => Kind == FileKind.Regular;

    public bool IsSymbolicLink => Kind == FileKind.SymbolicLink;

    public bool IsSameFile(in FileStatus other) => Inode == other.Inode && Device == other.Device;
}

/// <summary>A name in a directory, with its kind so that walking a tree needs no stat of each.</summary>
public readonly record struct DirectoryEntry(string Name, FileKind Kind, long Inode);
