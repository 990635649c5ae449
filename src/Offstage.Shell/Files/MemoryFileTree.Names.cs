using Offstage.Shell.Files;

namespace Offstage.Shell;

/// <summary>How names are found, given and taken away.</summary>
public sealed partial class MemoryFileTree
{
    /// <summary>Where a path leads: the directory and name of its last component, and what is there, if anything.</summary>
    private readonly record struct Place(MemoryNode Directory, string Name, MemoryNode? Node, bool DemandsDirectory);

    public FileError Rename(string from, string to)
    {
        lock (gate)
        {
            FileError error = Walk(from, false, out Place source);
            if (error != FileError.None)
                return error;
            if (source.Node is null)
                return FileError.NotFound;
            error = Walk(to, false, out Place goal);
            if (error != FileError.None)
                return error;
            if (source.Name.Length == 0 || goal.Name.Length == 0)
                return FileError.Busy;
            if (source.Node.IsDirectory && IsWithin(goal.Directory, source.Node))
                return FileError.InvalidArgument;
            if (ReferenceEquals(source.Node, goal.Node))
                return FileError.None;
            if (goal.Node is null && goal.DemandsDirectory && !source.Node.IsDirectory)
                return FileError.NotDirectory;
            if (goal.Node is not null)
            {
                if (source.Node.IsDirectory && !goal.Node.IsDirectory)
                    return FileError.NotDirectory;
                if (!source.Node.IsDirectory && goal.Node.IsDirectory)
                    return FileError.IsDirectory;
                if (goal.Node.Children is { Count: > 0 })
                    return FileError.NotEmpty;
                Detach(goal);
            }

            Take(source);
            Give(goal.Directory, goal.Name, source.Node);
            source.Node.ChangedAt = time.GetUtcNow();
            return FileError.None;
        }
    }

    public FileError Unlink(string path)
    {
        lock (gate)
        {
            FileError error = Walk(path, false, out Place place);
            if (error != FileError.None)
                return error;
            if (place.Node is null)
                return FileError.NotFound;
            if (place.Node.IsDirectory)
                return FileError.IsDirectory;
            if (place.DemandsDirectory)
                return FileError.NotDirectory;
            Detach(place);
            return FileError.None;
        }
    }

    public FileError RemoveDirectory(string path)
    {
        lock (gate)
        {
            FileError error = Walk(path, false, out Place place);
            if (error != FileError.None)
                return error;
            if (place.Node is null)
                return FileError.NotFound;
            if (!place.Node.IsDirectory)
                return FileError.NotDirectory;
            if (place.Name.Length == 0)
                return path.TrimEnd('/').EndsWith('.') ? FileError.InvalidArgument : FileError.Busy;
            if (place.Node.Children is { Count: > 0 })
                return FileError.NotEmpty;
            Detach(place);
            return FileError.None;
        }
    }

    public FileError MakeHardLink(string existing, string path)
    {
        lock (gate)
        {
            FileError error = Find(existing, false, out MemoryNode? node);
            if (error != FileError.None)
                return error;
            if (node!.IsDirectory)
                return FileError.NotPermitted;
            error = Walk(path, false, out Place place);
            if (error != FileError.None)
                return error;
            if (place.Node is not null)
                return FileError.Exists;
            if (bytes + place.Name.Length > BytesMax)
                return FileError.NoSpace;
            node.Links++;
            node.ChangedAt = time.GetUtcNow();
            Give(place.Directory, place.Name, node);
            return FileError.None;
        }
    }

    private FileError Find(string path, bool followLinks, out MemoryNode? node)
    {
        FileError error = Walk(path, followLinks, out Place place);
        node = place.Node;
        if (error != FileError.None)
            return error;
        if (node is null)
            return FileError.NotFound;
        return place.DemandsDirectory && !node.IsDirectory ? FileError.NotDirectory : FileError.None;
    }

    /// <summary>Resolves a path. The name is empty when it ends in the root, <c>.</c> or <c>..</c>.</summary>
    private FileError Walk(string path, bool followLast, out Place place)
    {
        place = default;
        if (path.Length == 0)
            return FileError.NotFound;
        if (path.Length > PathMax)
            return FileError.NameTooLong;
        MemoryNode directory = root;
        int links = 0;
        int at = 0;
        while (true)
        {
            while (at < path.Length && path[at] == '/')
                at++;
            if (at == path.Length)
            {
                place = new Place(directory.Parent!, "", directory, true);
                return FileError.None;
            }

            int end = path.IndexOf('/', at);
            bool slash = end >= 0;
            end = slash ? end : path.Length;
            ReadOnlySpan<char> name = path.AsSpan(at, end - at);
            int rest = end;
            while (rest < path.Length && path[rest] == '/')
                rest++;
            bool last = rest == path.Length;
            at = rest;
            if (name is "." or "..")
            {
                directory = name.Length == 2 ? directory.Parent! : directory;
                continue;
            }

            if (name.Length > NameMax)
                return FileError.NameTooLong;
            MemoryNode? child = null;
            _ = directory.Children?.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out child);
            if (child is { Kind: FileKind.SymbolicLink } && (!last || followLast || slash))
            {
                if (++links > LinksFollowedMax)
                    return FileError.TooManySymbolicLinks;
                string target = child.Target + (slash ? "/" + path[rest..] : "");
                if (target.Length > PathMax)
                    return FileError.NameTooLong;
                directory = target.StartsWith('/') ? root : directory;
                path = target;
                at = 0;
                continue;
            }

            if (last)
            {
                place = new Place(directory, name.ToString(), child, slash);
                return FileError.None;
            }

            if (child is null)
                return FileError.NotFound;
            if (!child.IsDirectory)
                return FileError.NotDirectory;
            directory = child;
        }
    }

    private FileError Add(Place place, FileKind kind, int mode, out MemoryNode? node)
    {
        node = null;
        // A directory that was removed while something stood in it takes no new names.
        if (place.Directory.Links == 0)
            return FileError.NotFound;
        if (bytes + MemoryNode.Overhead + place.Name.Length > BytesMax)
            return FileError.NoSpace;
        bytes += MemoryNode.Overhead;
        node = new MemoryNode(kind, ++inodes, mode & 0xFFF, time.GetUtcNow());
        Give(place.Directory, place.Name, node);
        return FileError.None;
    }

    private void Give(MemoryNode directory, string name, MemoryNode node)
    {
        directory.Children ??= new Dictionary<string, MemoryNode>(StringComparer.Ordinal);
        directory.Children[name] = node;
        directory.ModifiedAt = directory.ChangedAt = time.GetUtcNow();
        bytes += name.Length;
        if (node.IsDirectory)
            node.Parent = directory;
    }

    private void Take(Place place)
    {
        place.Directory.Children!.Remove(place.Name);
        place.Directory.ModifiedAt = place.Directory.ChangedAt = time.GetUtcNow();
        bytes -= place.Name.Length;
    }

    private void Detach(Place place)
    {
        Take(place);
        MemoryNode node = place.Node!;
        node.Links--;
        node.ChangedAt = time.GetUtcNow();
        ForgetIfUnused(node);
    }

    private void ForgetIfUnused(MemoryNode node)
    {
        if (node.Links > 0 || node.Handles > 0)
            return;
        bytes -= MemoryNode.Overhead + node.Content.Length;
        node.Content = [];
        node.Length = 0;
    }

    private static bool IsWithin(MemoryNode directory, MemoryNode ancestor)
    {
        for (MemoryNode at = directory; ; at = at.Parent!)
        {
            if (ReferenceEquals(at, ancestor))
                return true;
            if (ReferenceEquals(at, at.Parent))
                return false;
        }
    }
}
