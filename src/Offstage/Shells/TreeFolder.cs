using System.Text;
using Offstage.Shell;

namespace Offstage.Shells;

/// <summary>Fills a tree from a folder of this machine, and writes it back. Symbolic links are copied as they are and never followed.</summary>
internal sealed class TreeFolder(IFileTree tree, string root)
{
    private const int BlockSize = 1 << 16;
    private const int ModeMask = 0b111_111_111;
    private static readonly EnumerationOptions EntryOptions = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>Names below the folder that were read from it, and how the files among them were then.</summary>
    private readonly Dictionary<string, (long Length, DateTimeOffset ModifiedAt)?> imported = new(StringComparer.Ordinal);
    private string? importedFrom;

    /// <summary>Copies files, folders and links. Sockets, pipes and devices are left out.</summary>
    /// <exception cref="IOException">Something cannot be read, or the tree is full.</exception>
    public void Import(string folder)
    {
        importedFrom = Path.GetFullPath(folder);
        ImportFolder("");
    }

    /// <summary>Writes what is in the tree into a folder. In the folder it was filled from, what is gone from the tree is removed, too.</summary>
    /// <returns>Names that were written or removed.</returns>
    /// <exception cref="IOException">Something cannot be written.</exception>
    public int Export(string folder)
    {
        string target = Path.GetFullPath(folder);
        Directory.CreateDirectory(target);
        var present = new HashSet<string>(StringComparer.Ordinal);
        int changed = ExportFolder(target, "", present);
        if (target != importedFrom)
            return changed;
        // What is in a folder comes before the folder, which stays when something is in it that was not imported.
        foreach (string name in imported.Keys.Where(name => !present.Contains(name)).OrderDescending(StringComparer.Ordinal))
        {
            string outer = Path.Combine(target, name);
            if (Find(outer) is DirectoryInfo { LinkTarget: null } directory && directory.EnumerateFileSystemInfos("*", EntryOptions).Any())
                continue;
            RemoveOuter(outer);
            changed++;
        }

        return changed;
    }

    private void ImportFolder(string below)
    {
        foreach (var entry in new DirectoryInfo(Path.Combine(importedFrom!, below)).EnumerateFileSystemInfos("*", EntryOptions))
        {
            string name = Path.Combine(below, entry.Name);
            string inner = InnerOf(name);
            switch (EntryType.Of(entry.FullName))
            {
                case EntryType.SymbolicLink:
                    Require(tree.MakeSymbolicLink(BytesOf(entry.LinkTarget!), inner), name);
                    imported[name] = null;
                    break;
                case EntryType.Directory:
                    Require(tree.MakeDirectory(inner, (int)entry.UnixFileMode & ModeMask), name);
                    imported[name] = null;
                    ImportFolder(name);
                    break;
                case EntryType.Regular:
                    ImportFile((FileInfo)entry, name, inner);
                    break;
            }
        }
    }

    private void ImportFile(FileInfo file, string name, string inner)
    {
        using var source = file.OpenRead();
        Require(tree.Open(inner, FileOpening.Write | FileOpening.Create | FileOpening.Exclusive, (int)file.UnixFileMode & ModeMask, out var handle), name);
        using (handle)
        {
            byte[] block = new byte[BlockSize];
            for (long at = 0; source.Read(block) is > 0 and var count; at += count)
                Require(handle!.WriteAt(at, block.AsSpan(0, count)), name);
        }

        var modified = new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero);
        Require(tree.SetTimes(inner, false, null, modified), name);
        imported[name] = (file.Length, modified);
    }

    private int ExportFolder(string target, string below, HashSet<string> present)
    {
        Require(tree.ReadDirectory(InnerOf(below), out var entries), below);
        int changed = 0;
        foreach (var entry in entries)
        {
            string name = Path.Combine(below, TextOf(entry.Name));
            string outer = Path.Combine(target, name);
            present.Add(name);
            Require(tree.Stat(InnerOf(name), false, out var status), name);
            var there = Find(outer);
            switch (status.Kind)
            {
                case FileKind.Directory:
                    if (there is not DirectoryInfo { LinkTarget: null })
                    {
                        RemoveOuter(outer);
                        Directory.CreateDirectory(outer);
                        changed++;
                    }

                    changed += ExportFolder(target, name, present);
                    break;
                case FileKind.SymbolicLink:
                    Require(tree.ReadLink(InnerOf(name), out string link), name);
                    if (there?.LinkTarget == TextOf(link))
                        break;
                    RemoveOuter(outer);
                    File.CreateSymbolicLink(outer, TextOf(link));
                    changed++;
                    break;
                case FileKind.Regular when !IsUnchanged(target, name, status, there):
                    // A link of this machine in its place would be written through.
                    if (there is not FileInfo { LinkTarget: null })
                        RemoveOuter(outer);
                    ExportFile(name, outer, status);
                    changed++;
                    break;
            }
        }

        return changed;
    }

    private bool IsUnchanged(string target, string name, FileStatus status, FileSystemInfo? there)
        => target == importedFrom && there is FileInfo { LinkTarget: null } file && ((int)file.UnixFileMode & ModeMask) == (status.Mode & ModeMask)
            && imported.TryGetValue(name, out var was) && was == (status.Size, status.ModifiedAt);

    private void ExportFile(string name, string outer, FileStatus status)
    {
        Require(tree.Open(InnerOf(name), FileOpening.Read, 0, out var handle), name);
        using (handle)
        using (var file = File.Create(outer))
        {
            byte[] block = new byte[BlockSize];
            for (long at = 0; ;)
            {
                Require(handle!.ReadAt(at, block, out int count), name);
                if (count == 0)
                    break;
                file.Write(block, 0, count);
                at += count;
            }
        }

        File.SetUnixFileMode(outer, (UnixFileMode)(status.Mode & ModeMask));
        File.SetLastWriteTimeUtc(outer, status.ModifiedAt.UtcDateTime);
    }

    private static FileSystemInfo? Find(string path)
    {
        var directory = new DirectoryInfo(path);
        if (directory.Exists)
            return directory;
        return EntryType.Of(path) == EntryType.None ? null : new FileInfo(path);
    }

    private static void RemoveOuter(string path)
    {
        switch (Find(path))
        {
            case DirectoryInfo { LinkTarget: null } directory:
                directory.Delete(recursive: true);
                break;
            case { } file:
                file.Delete();
                break;
        }
    }

    private string InnerOf(string name) => name.Length == 0 ? root : $"{root}/{BytesOf(name)}";

    private static string BytesOf(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private static string TextOf(string bytes) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(bytes));

    private static void Require(FileError error, string name)
    {
        if (error != FileError.None)
            throw new IOException($"{name}: {error.Message()}");
    }
}
