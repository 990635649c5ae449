using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Archives;

/// <summary>Writes files of the tree into an archive.</summary>
internal sealed class TarWriter(CommandContext context, TarSettings settings, Stream output)
{
    private const int DepthMax = 2000;
    private const int RecordSize = 20 * TarEntry.BlockSize;

    private readonly Dictionary<(long Inode, int Device), string> written = [];
    private readonly HashSet<string> told = [];
    private readonly OutputWriter listing = settings.Archive == "-" ? context.Error : context.Output;
    private string folder = context.WorkingDirectory;
    private long size;
    private bool ok = true;

    /// <summary>For -u: the times of the members there are; a file that is not newer is left out.</summary>
    public Dictionary<string, DateTimeOffset>? Newest { get; init; }

    /// <returns>False when something could not be read.</returns>
    public bool Write(List<string> operands)
    {
        foreach (string operand in operands)
        {
            if (operand.StartsWith(TarCommand.DirectoryMark))
            {
                folder = PathText.Absolute(folder, operand[1..]);
                if (context.Files.Stat(folder, followLinks: true, out FileStatus status) != FileError.None || !status.IsDirectory)
                {
                    context.Complain($"{operand[1..]}: Cannot open: No such file or directory");
                    context.Complain("Error is not recoverable: exiting now");
                    throw new CommandFailedException("Exiting with failure status due to previous errors", 2);
                }

                continue;
            }

            Add(operand, 0);
        }

        long end = size + (2 * TarEntry.BlockSize);
        Send(new byte[(2 * TarEntry.BlockSize) + ((RecordSize - (end % RecordSize)) % RecordSize)]);
        listing.Flush();
        return ok;
    }

    /// <summary>Takes members over from another archive.</summary>
    /// <param name="keep">Which of them.</param>
    public void Copy(TarReader reader, Func<TarEntry, bool> keep)
    {
        byte[] buffer = new byte[64 * 1024];
        while (reader.Next() is { } entry)
        {
            context.Check();
            if (!keep(entry)) continue;
            Send(entry.ToBytes());
            long length = 0;
            for (int count; (count = reader.Read(buffer)) > 0; length += count) Send(buffer.AsSpan(0, count));
            Send(new byte[(TarEntry.BlockSize - (length % TarEntry.BlockSize)) % TarEntry.BlockSize]);
        }
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        size += bytes.Length;
    }

    private void Fail(string message)
    {
        context.Complain(message);
        ok = false;
    }

    private void Add(string name, int depth)
    {
        context.Check();
        if (settings.IsExcluded(name)) return;
        string path = PathText.Absolute(folder, name);
        FileError error = context.Files.Stat(path, settings.FollowLinks, out FileStatus status);
        if (error != FileError.None)
        {
            Fail($"{name}: Cannot stat: {error.Message()}");
            return;
        }

        string member = MemberName(settings.Transform.Member(name), "member names");
        if (settings.Mode is { } mode) status = status with { Mode = mode.Apply(status.Mode, status.IsDirectory, context.Umask) };
        if (settings.ModifiedAt is { } time) status = status with { ModifiedAt = time };
        if (Newest is not null && !status.IsDirectory && Newest.TryGetValue(member, out var archived) && archived.ToUnixTimeSeconds() >= status.ModifiedAt.ToUnixTimeSeconds()) return;
        if (status.IsDirectory)
        {
            member = member.TrimEnd('/') + "/";
            Header(new TarEntry(member, '5', status.Mode, 0, status.ModifiedAt, "", settings.Owner, settings.Group), name.TrimEnd('/') + "/");
            if (!settings.Recurse) return;
            if (depth >= DepthMax)
            {
                Fail($"{name}: Cannot open: nested too deeply");
                return;
            }

            error = context.Files.ReadDirectory(path, out IReadOnlyList<DirectoryEntry> entries);
            if (error != FileError.None) Fail($"{name}: Cannot open: {error.Message()}");
            else
                foreach (DirectoryEntry entry in entries.OrderBy(e => e.Name, StringComparer.Ordinal)) Add(PathText.Join(name, entry.Name), depth + 1);
            return;
        }

        if (status.IsSymbolicLink)
        {
            error = context.Files.ReadLink(path, out string target);
            if (error != FileError.None) Fail($"{name}: Cannot readlink: {error.Message()}");
            else Header(new TarEntry(member, '2', 0b111_111_111, 0, status.ModifiedAt, settings.Transform.Target(target, '2'), settings.Owner, settings.Group), name);
            return;
        }

        if (status.Links > 1 && !written.TryAdd((status.Inode, status.Device), member) && written[(status.Inode, status.Device)] is var first && first != member)
        {
            Header(new TarEntry(member, '1', status.Mode, 0, status.ModifiedAt, first, settings.Owner, settings.Group), name);
            return;
        }

        AddFile(name, path, member, status);
    }

    private void AddFile(string name, string path, string member, FileStatus status)
    {
        FileError error = context.Files.Open(path, FileOpening.Read, 0, out IFileHandle? file);
        if (file is null)
        {
            Fail($"{name}: Cannot open: {error.Message()}");
            return;
        }

        using (file)
        {
            Header(new TarEntry(member, '0', status.Mode, status.Size, status.ModifiedAt, "", settings.Owner, settings.Group), name);
            byte[] buffer = new byte[64 * 1024];
            long at = 0;
            while (at < status.Size)
            {
                context.Check();
                error = file.ReadAt(at, buffer.AsSpan(0, (int)Math.Min(buffer.Length, status.Size - at)), out int count);
                if (error != FileError.None || count == 0)
                {
                    // It has become shorter: the header's size has to be kept.
                    Fail($"{name}: File shrank by {status.Size - at} bytes; padding with zeros");
                    count = (int)Math.Min(buffer.Length, status.Size - at);
                    buffer.AsSpan(0, count).Clear();
                }

                Send(buffer.AsSpan(0, count));
                at += count;
            }

            Send(new byte[(TarEntry.BlockSize - (status.Size % TarEntry.BlockSize)) % TarEntry.BlockSize]);
        }

        if (settings.RemoveFiles) _ = context.Files.Unlink(path);
    }

    private void Header(TarEntry entry, string shown)
    {
        Send(entry.ToBytes());
        if (settings.Verbosity == 1) listing.WriteLine(TarListing.Quote(shown));
        else if (settings.Verbosity > 1) listing.WriteLine(TarListing.Long(entry, settings.NumericOwner));
    }

    /// <summary>Without what would lead out of the folder that it is unpacked in.</summary>
    private string MemberName(string name, string what)
    {
        if (settings.AbsoluteNames) return name;
        string prefix = TarListing.UnsafePrefix(name);
        if (prefix.Length == 0) return name;
        if (told.Add(prefix + what)) context.Complain($"Removing leading `{prefix}' from {what}");
        string rest = name[prefix.Length..];
        return rest.Length == 0 ? "./" : rest;
    }
}
