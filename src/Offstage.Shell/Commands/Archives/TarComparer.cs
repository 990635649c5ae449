using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Archives;

/// <summary>tar's <c>-d</c>: tells where files differ from the members of an archive.</summary>
internal sealed class TarComparer(CommandContext context, TarSettings settings, TarReader reader, List<string> operands)
{
    private readonly string folder = operands.Where(o => o.StartsWith(TarCommand.DirectoryMark)).Aggregate(context.WorkingDirectory, (at, o) => PathText.Absolute(at, o[1..]));
    private bool same = true;

    /// <returns>0 when all agree, otherwise 1.</returns>
    public int Run()
    {
        string[] wanted = [.. operands.Where(o => !o.StartsWith(TarCommand.DirectoryMark)).Select(o => o.TrimEnd('/'))];
        while (reader.Next() is { } entry)
        {
            context.Check();
            string name = entry.Name.TrimEnd('/');
            if (settings.IsExcluded(name) || (wanted.Length > 0 && !wanted.Any(w => name == w || name.StartsWith(w + "/", StringComparison.Ordinal)))) continue;
            if (settings.Verbosity > 0) context.Output.WriteLine(settings.Verbosity > 1 ? TarListing.Long(entry, settings.NumericOwner) : TarListing.Quote(entry.Name));
            Compare(entry, PathText.Absolute(folder, name.TrimStart('/')));
        }

        return same ? 0 : 1;
    }

    private void Compare(TarEntry entry, string path)
    {
        var error = context.Files.Stat(path, followLinks: false, out FileStatus status);
        if (error != FileError.None)
        {
            same = false;
            context.Complain($"{entry.Name.TrimEnd('/')}: Warning: Cannot stat: {error.Message()}");
            return;
        }

        bool isKind = entry.Type switch { '2' => status.IsSymbolicLink, '1' => status.Kind == FileKind.Regular, _ => entry.IsDirectory ? status.IsDirectory : status.Kind == FileKind.Regular };
        if (!isKind)
        {
            Differ(entry, "File type differs");
            return;
        }

        if (entry.Type == '1') return;
        if (entry.Type == '2')
        {
            _ = context.Files.ReadLink(path, out string target);
            if (target != entry.LinkName) Differ(entry, "Symlink differs");
            return;
        }

        if ((status.Mode & 0xFFF) != entry.Mode) Differ(entry, "Mode differs");
        if (entry.IsDirectory) return;
        if (status.ModifiedAt.ToUnixTimeSeconds() != entry.ModifiedAt.ToUnixTimeSeconds()) Differ(entry, "Mod time differs");
        if (status.Size != entry.Size) Differ(entry, "Size differs");
        else if (!HasContent(path)) Differ(entry, "Contents differ");
    }

    private bool HasContent(string path)
    {
        _ = context.Files.Open(path, FileOpening.Read, 0, out IFileHandle? file);
        if (file is null) return false;
        using (file)
        {
            byte[] archived = new byte[64 * 1024], current = new byte[64 * 1024];
            int count;
            for (long at = 0; (count = reader.Read(archived)) > 0; at += count)
            {
                context.Check();
                for (int read = 0; read < count;)
                {
                    if (file.ReadAt(at + read, current.AsSpan(read, count - read), out int more) != FileError.None || more == 0) return false;
                    read += more;
                }

                if (!archived.AsSpan(0, count).SequenceEqual(current.AsSpan(0, count))) return false;
            }
        }

        return true;
    }

    private void Differ(TarEntry entry, string how)
    {
        same = false;
        context.Output.WriteLine($"{TarListing.Quote(entry.Name.TrimEnd('/'))}: {how}");
    }
}
