using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Archives;

/// <summary>Lists or unpacks an archive.</summary>
internal sealed class TarExtractor(CommandContext context, TarSettings settings, TarReader reader, List<string> operands, bool isList)
{
    private readonly HashSet<string> found = [];
    private readonly HashSet<string> told = [];
    private readonly List<(string Path, TarEntry Entry)> directories = [];

    /// <summary>Links that point out of the folder: made last, so that nothing is unpacked through them.</summary>
    private readonly List<(string Path, TarEntry Entry)> links = [];
    private string folder = context.WorkingDirectory;
    private bool ok = true;

    /// <summary>Whether the archive ended in the middle, after which nothing more is said.</summary>
    public bool EndedEarly { get; private set; }

    /// <returns>False when something went wrong.</returns>
    public bool Run()
    {
        foreach (string operand in operands.Where(o => o.StartsWith(TarCommand.DirectoryMark)))
        {
            folder = PathText.Absolute(folder, operand[1..]);
            if (context.Files.Stat(folder, followLinks: true, out FileStatus status) == FileError.None && status.IsDirectory) continue;
            context.Complain($"{operand[1..]}: Cannot open: No such file or directory");
            context.Complain("Error is not recoverable: exiting now");
            return false;
        }

        List<string> wanted = [.. operands.Where(o => !o.StartsWith(TarCommand.DirectoryMark))];
        while (reader.Next() is { } entry)
        {
            context.Check();
            if (settings.IsExcluded(entry.Name) || !IsWanted(entry.Name, wanted)) continue;
            if (isList) Show(entry);
            else Extract(entry);
        }

        if (reader.IsBroken)
        {
            Fail(reader.HasRead ? "Unexpected EOF in archive" : "This does not look like a tar archive");
            EndedEarly = reader.HasRead;
            if (EndedEarly) context.Complain("Error is not recoverable: exiting now");
        }

        foreach (var (path, entry) in links)
        {
            _ = context.Files.Unlink(path);
            FileError error = context.Files.MakeSymbolicLink(entry.LinkName, path);
            if (error != FileError.None) Fail($"{entry.Name}: Cannot create symlink to '{entry.LinkName}': {error.Message()}");
        }

        // Directories get their times and modes last: unpacking into them changes the one and may need the other.
        foreach (var (path, entry) in Enumerable.Reverse(directories))
        {
            _ = context.Files.ChangeMode(path, Mode(entry));
            if (!settings.Touch) _ = context.Files.SetTimes(path, followLinks: true, null, entry.ModifiedAt);
        }

        foreach (string name in wanted.Where(w => !found.Contains(w))) Fail($"{name}: Not found in archive");
        return ok;
    }

    private void Fail(string message)
    {
        context.Complain(message);
        ok = false;
    }

    private bool IsWanted(string name, List<string> wanted)
    {
        if (wanted.Count == 0) return true;
        bool any = false;
        string plain = name.TrimEnd('/');
        foreach (string want in wanted)
        {
            string target = want.TrimEnd('/');
            bool matches = plain == target || (settings.Recurse && plain.StartsWith(target + "/", StringComparison.Ordinal))
                || (settings.Wildcards && (Glob.Matches(target, plain) || Glob.Matches(target + "/*", plain)));
            if (!matches) continue;
            found.Add(want);
            any = true;
        }

        return any;
    }

    private void Show(TarEntry entry)
    {
        if (settings.ShowsTransformed) entry = entry with { Name = Strip(settings.Transform.Member(entry.Name)) is { Length: > 0 } name ? name : "/" };
        context.Output.WriteLine(settings.Verbosity > 0 ? TarListing.Long(entry, settings.NumericOwner) : TarListing.Quote(entry.Name));
    }

    private int Mode(TarEntry entry) => settings.PreserveModes ? entry.Mode : entry.Mode & ~context.Umask & 0b111_111_111;

    private void Extract(TarEntry entry)
    {
        if (entry.LinkName.Length > 0) entry = entry with { LinkName = settings.Transform.Target(entry.LinkName, entry.Type) };
        string? name = SafeName(settings.Transform.Member(entry.Name), "member names");
        if (name is null) return;
        name = Strip(name);
        if (name.Length == 0) return;
        if (settings.Verbosity == 1) (settings.ToOutput ? context.Error : context.Output).WriteLine(TarListing.Quote(entry.Name));
        else if (settings.Verbosity > 1) (settings.ToOutput ? context.Error : context.Output).WriteLine(TarListing.Long(entry, settings.NumericOwner));
        if (settings.ToOutput)
        {
            byte[] buffer = new byte[64 * 1024];
            int count;
            while (entry.IsRegular && (count = reader.Read(buffer)) > 0) context.Output.Write(buffer.AsSpan(0, count));
            return;
        }

        if (settings.TopLevel is { } top && name != top && !name.StartsWith(top + "/", StringComparison.Ordinal)) name = PathText.Join(top, name);
        string path = PathText.Absolute(folder, name.TrimEnd('/'));
        if (!MakeParents(path)) return;
        if (entry.IsDirectory)
        {
            Directory(path, entry);
            return;
        }

        FileError error = context.Files.Stat(path, followLinks: false, out FileStatus old);
        if (error == FileError.None)
        {
            if (settings.SkipOld) return;
            if (settings.KeepNewer && old.ModifiedAt.ToUnixTimeSeconds() >= entry.ModifiedAt.ToUnixTimeSeconds())
            {
                context.Complain($"Current '{entry.Name}' is newer or same age");
                return;
            }

            if (settings.KeepOld)
            {
                Fail($"{entry.Name}: Cannot open: File exists");
                return;
            }

            error = old.IsDirectory ? context.Files.RemoveDirectory(path) : context.Files.Unlink(path);
            if (error != FileError.None)
            {
                Fail($"{entry.Name}: Cannot open: {error.Message()}");
                return;
            }
        }

        switch (entry.Type)
        {
            case '2':
                Link(path, entry);
                break;
            case '1':
                if (SafeName(entry.LinkName, "hard link targets") is not { } target) break;
                error = context.Files.MakeHardLink(PathText.Absolute(folder, Strip(target)), path);
                if (error != FileError.None) Fail($"{entry.Name}: Cannot hard link to '{entry.LinkName}': {error.Message()}");
                break;
            case '3' or '4' or '6':
                Fail($"{entry.Name}: Cannot mknod: Operation not permitted");
                break;
            default:
                Content(path, entry);
                break;
        }
    }

    private void Directory(string path, TarEntry entry)
    {
        FileError error = context.Files.MakeDirectory(path, 0b111_000_000 | Mode(entry));
        if (error == FileError.Exists && context.Files.Stat(path, followLinks: false, out FileStatus status) == FileError.None && status.IsDirectory) error = FileError.None;
        if (error != FileError.None) Fail($"{entry.Name.TrimEnd('/')}: Cannot mkdir: {error.Message()}");
        else directories.Add((path, entry));
    }

    private void Link(string path, TarEntry entry)
    {
        bool leadsOut = entry.LinkName.StartsWith('/') || entry.LinkName.Split('/').Contains("..");
        FileError error;
        if (!leadsOut || settings.AbsoluteNames)
        {
            error = context.Files.MakeSymbolicLink(entry.LinkName, path);
        }
        else
        {
            error = context.Files.Open(path, FileOpening.Write | FileOpening.Create | FileOpening.Exclusive, 0, out IFileHandle? placeholder);
            placeholder?.Dispose();
            links.Add((path, entry));
        }

        if (error != FileError.None) Fail($"{entry.Name}: Cannot create symlink to '{entry.LinkName}': {error.Message()}");
    }

    private void Content(string path, TarEntry entry)
    {
        FileError error = context.Files.Open(path, FileOpening.Write | FileOpening.Create | FileOpening.Exclusive, Mode(entry), out IFileHandle? file);
        if (file is null)
        {
            Fail($"{entry.Name}: Cannot open: {error.Message()}");
            return;
        }

        using (file)
        {
            byte[] buffer = new byte[64 * 1024];
            long at = 0;
            int count;
            while ((count = reader.Read(buffer)) > 0)
            {
                context.Check();
                error = at + count > context.Budget.Limits.FileBytesMax ? FileError.FileTooBig : file.WriteAt(at, buffer.AsSpan(0, count));
                if (error != FileError.None)
                {
                    Fail($"{entry.Name}: Cannot write: {error.Message()}");
                    return;
                }

                at += count;
            }
        }

        if (!settings.Touch) _ = context.Files.SetTimes(path, followLinks: false, null, entry.ModifiedAt);
    }

    private bool MakeParents(string path)
    {
        string parent = PathText.Directory(path);
        if (context.Files.Stat(parent, followLinks: true, out FileStatus status) == FileError.None)
        {
            if (status.IsDirectory) return true;
            Fail($"{path[(folder.TrimEnd('/').Length + 1)..]}: Cannot open: Not a directory");
            return false;
        }

        if (parent == "/" || !MakeParents(parent)) return false;
        FileError error = context.Files.MakeDirectory(parent, 0b111_111_111 & ~context.Umask);
        if (error != FileError.None) Fail($"{parent}: Cannot mkdir: {error.Message()}");
        return error == FileError.None;
    }

    /// <summary>The name without leading slashes.</summary>
    /// <returns>Null when it leads out of the folder; that is told.</returns>
    private string? SafeName(string name, string what)
    {
        if (settings.AbsoluteNames) return name;
        if (name.Split('/').Contains(".."))
        {
            string prefix = TarListing.UnsafePrefix(name);
            if (told.Add(prefix + what)) context.Complain($"Removing leading `{prefix}' from {what}");
            Fail($"{name}: Member name contains '..'");
            return null;
        }

        string rest = name.TrimStart('/');
        if (rest.Length == name.Length) return name;
        if (told.Add("/" + what)) context.Complain($"Removing leading `/' from {what}");
        return rest;
    }

    private string Strip(string name)
    {
        for (int i = 0; i < settings.StripComponents; i++)
        {
            int slash = name.IndexOf('/');
            if (slash < 0) return "";
            name = name[(slash + 1)..].TrimStart('/');
        }

        return name;
    }
}
