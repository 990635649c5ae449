using Offstage.Shell.Files;

namespace Offstage.Shell;

/// <summary>A file tree in memory. An empty one costs a few hundred bytes; what it holds is counted and bounded.</summary>
/// <remarks>Safe from several threads: every call takes the tree's one lock for as long as it copies.</remarks>
public sealed partial class MemoryFileTree : IFileTree
{
    private const int LinksFollowedMax = 40;
    private const int NameMax = 255;
    private const int PathMax = 4096;

    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly MemoryNode root;
    private long inodes = 1;
    private long bytes;

    /// <param name="bytesMax">Bound of content, names and a fixed share for each file; beyond it writes answer <see cref="FileError.NoSpace"/>.</param>
    public MemoryFileTree(TimeProvider time, long bytesMax = 1L << 30)
    {
        this.time = time;
        BytesMax = bytesMax;
        root = new MemoryNode(FileKind.Directory, 1, 0b111_101_101, time.GetUtcNow());
        root.Parent = root;
    }

    public long BytesMax { get; }

    /// <summary>What the tree holds by its own count.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    public FileError Stat(string path, bool followLinks, out FileStatus status)
    {
        lock (gate)
        {
            FileError error = Find(path, followLinks, out MemoryNode? node);
            status = error == FileError.None ? node!.Status() : default;
            return error;
        }
    }

    public FileError Open(string path, FileOpening opening, int mode, out IFileHandle? handle)
    {
        handle = null;
        lock (gate)
        {
            bool exclusive = opening.HasFlag(FileOpening.Create | FileOpening.Exclusive);
            FileError error = Walk(path, !exclusive && !opening.HasFlag(FileOpening.NoFollow), out Place place);
            if (error != FileError.None)
                return error;
            MemoryNode? node = place.Node;
            if (node is null)
            {
                if (!opening.HasFlag(FileOpening.Create))
                    return FileError.NotFound;
                if (place.DemandsDirectory)
                    return FileError.IsDirectory;
                error = Add(place, FileKind.Regular, mode, out node);
                if (error != FileError.None)
                    return error;
            }
            else if (exclusive)
            {
                return FileError.Exists;
            }
            else if (node.Kind == FileKind.SymbolicLink)
            {
                return FileError.TooManySymbolicLinks;
            }
            else if (node.IsDirectory && (opening & (FileOpening.Write | FileOpening.Append | FileOpening.Truncate | FileOpening.Create)) != 0)
            {
                return FileError.IsDirectory;
            }
            else if (!node.IsDirectory && place.DemandsDirectory)
            {
                return FileError.NotDirectory;
            }

            if (opening.HasFlag(FileOpening.Truncate) && node!.Length > 0)
                _ = Resize(node, 0);
            node!.Handles++;
            handle = new Handle(this, node, opening);
            return FileError.None;
        }
    }

    public FileError ReadDirectory(string path, out IReadOnlyList<DirectoryEntry> entries)
    {
        entries = [];
        lock (gate)
        {
            FileError error = Find(path, true, out MemoryNode? node);
            if (error != FileError.None)
                return error;
            if (!node!.IsDirectory)
                return FileError.NotDirectory;
            if (node.Children is null)
                return FileError.None;
            var found = new DirectoryEntry[node.Children.Count];
            int count = 0;
            foreach ((string name, MemoryNode child) in node.Children)
                found[count++] = new DirectoryEntry(name, child.Kind, child.Inode);
            entries = found;
            return FileError.None;
        }
    }

    public FileError MakeDirectory(string path, int mode)
    {
        lock (gate)
        {
            FileError error = Walk(path, false, out Place place);
            if (error != FileError.None)
                return error;
            return place.Node is null ? Add(place, FileKind.Directory, mode, out _) : FileError.Exists;
        }
    }

    public FileError MakeSymbolicLink(string target, string path)
    {
        lock (gate)
        {
            FileError error = Walk(path, false, out Place place);
            if (error != FileError.None)
                return error;
            if (place.Node is not null)
                return FileError.Exists;
            if (target.Length == 0)
                return FileError.NotFound;
            error = Add(place, FileKind.SymbolicLink, 0b111_111_111, out MemoryNode? link);
            if (error == FileError.None)
                link!.Target = target;
            return error;
        }
    }

    public FileError ReadLink(string path, out string target)
    {
        target = "";
        lock (gate)
        {
            FileError error = Find(path, false, out MemoryNode? node);
            if (error != FileError.None)
                return error;
            if (node!.Kind != FileKind.SymbolicLink)
                return FileError.InvalidArgument;
            target = node.Target;
            return FileError.None;
        }
    }

    public FileError ChangeMode(string path, int mode)
    {
        lock (gate)
        {
            FileError error = Find(path, true, out MemoryNode? node);
            if (error != FileError.None)
                return error;
            node!.Mode = mode & 0xFFF;
            node.ChangedAt = time.GetUtcNow();
            return FileError.None;
        }
    }

    public FileError SetTimes(string path, bool followLinks, DateTimeOffset? accessedAt, DateTimeOffset? modifiedAt)
    {
        lock (gate)
        {
            FileError error = Find(path, followLinks, out MemoryNode? node);
            if (error != FileError.None)
                return error;
            node!.AccessedAt = accessedAt ?? node.AccessedAt;
            node.ModifiedAt = modifiedAt ?? node.ModifiedAt;
            node.ChangedAt = time.GetUtcNow();
            return FileError.None;
        }
    }

    public FileError Truncate(string path, long length)
    {
        lock (gate)
        {
            FileError error = Find(path, true, out MemoryNode? node);
            if (error != FileError.None)
                return error;
            return node!.IsDirectory ? FileError.IsDirectory : Resize(node, length);
        }
    }

    /// <summary>Sets the length of a file's content, counting what is kept for it.</summary>
    private FileError Resize(MemoryNode node, long length)
    {
        if (length < 0)
            return FileError.InvalidArgument;
        if (length > Array.MaxLength)
            return FileError.FileTooBig;
        int wanted = (int)length;
        if (wanted > node.Content.Length)
        {
            // Doubling keeps appending cheap; the spare room is part of what is counted.
            long room = Math.Max(wanted, Math.Min(Array.MaxLength, node.Content.Length * 2L));
            if (bytes + room - node.Content.Length > BytesMax)
                room = wanted;
            if (bytes + room - node.Content.Length > BytesMax)
                return FileError.NoSpace;
            byte[] grown = new byte[room];
            node.Content.AsSpan(0, node.Length).CopyTo(grown);
            bytes += grown.Length - node.Content.Length;
            node.Content = grown;
        }
        else if (wanted == 0)
        {
            bytes -= node.Content.Length;
            node.Content = [];
        }
        else if (wanted > node.Length)
        {
            node.Content.AsSpan(node.Length, wanted - node.Length).Clear();
        }

        node.Length = wanted;
        node.ModifiedAt = node.ChangedAt = time.GetUtcNow();
        return FileError.None;
    }
}
