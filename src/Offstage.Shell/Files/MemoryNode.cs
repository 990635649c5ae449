namespace Offstage.Shell.Files;

/// <summary>A file, directory or symbolic link of a <see cref="MemoryFileTree"/>; guarded by the tree's lock.</summary>
internal sealed class MemoryNode(FileKind kind, long inode, int mode, DateTimeOffset at)
{
    /// <summary>What a node is counted as besides its content and names.</summary>
    public const int Overhead = 160;

    public FileKind Kind => kind;

    public long Inode => inode;

    public int Mode { get; set; } = mode;

    public int Links { get; set; } = 1;

    public int Handles { get; set; }

    public DateTimeOffset ModifiedAt { get; set; } = at;

    public DateTimeOffset AccessedAt { get; set; } = at;

    public DateTimeOffset ChangedAt { get; set; } = at;

    /// <summary>Of a regular file; only the first <see cref="Length"/> bytes are its content.</summary>
    public byte[] Content { get; set; } = [];

    public int Length { get; set; }

    /// <summary>Of a directory; null until it holds something.</summary>
    public Dictionary<string, MemoryNode>? Children { get; set; }

    /// <summary>Of a directory; the root is its own parent.</summary>
    public MemoryNode? Parent { get; set; }

    /// <summary>Of a symbolic link.</summary>
    public string Target { get; set; } = "";

    public bool IsDirectory => kind == FileKind.Directory;

    public FileStatus Status()
    {
        int links = Links;
        if (IsDirectory)
        {
            links = 2;
            foreach (MemoryNode child in Children?.Values ?? Enumerable.Empty<MemoryNode>())
                links += child.IsDirectory ? 1 : 0;
        }

        long size = kind switch
        {
            FileKind.Directory => 4096,
            FileKind.SymbolicLink => Target.Length,
            _ => Length,
        };
        return new FileStatus(kind, Mode, size, inode, links, ModifiedAt, AccessedAt, ChangedAt);
    }
}
