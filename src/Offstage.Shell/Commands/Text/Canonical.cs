namespace Offstage.Shell.Commands.Text;

/// <summary>Paths with their symbolic links resolved.</summary>
internal static class Canonical
{
    private const int LinksMax = 40;

    /// <param name="existing">How much must exist.</param>
    public static FileError Resolve(CommandContext context, string path, Existing existing, out string result)
    {
        result = "/";
        if (path.Length == 0) return FileError.NotFound;
        var rest = new Stack<string>(context.Resolve(path).Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        int links = 0;
        while (rest.TryPop(out string? part))
        {
            if (part == ".") continue;
            if (part == "..")
            {
                result = PathText.Directory(result);
                continue;
            }

            string next = PathText.Join(result, part);
            var error = context.Files.Stat(next, followLinks: false, out var status);
            if (error == FileError.None && status.IsSymbolicLink)
            {
                if (++links > LinksMax) return FileError.TooManySymbolicLinks;
                error = context.Files.ReadLink(next, out string target);
                if (error != FileError.None) return error;
                if (target.StartsWith('/')) result = "/";
                foreach (string piece in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse()) rest.Push(piece);
                continue;
            }

            bool last = rest.Count == 0;
            if (error != FileError.None && !(existing == Existing.Nothing || (existing == Existing.AllButLast && last && error == FileError.NotFound))) return error;
            if (error == FileError.None && !last && !status.IsDirectory && existing != Existing.Nothing) return FileError.NotDirectory;
            result = next;
        }

        if (path.EndsWith('/') && existing != Existing.Nothing && context.Files.Stat(result, followLinks: true, out var final) == FileError.None && !final.IsDirectory) return FileError.NotDirectory;
        return FileError.None;
    }
}

internal enum Existing
{
    All,
    AllButLast,
    Nothing,
}
