using Offstage.Shell.Execution;

namespace Offstage.Shell.Expansion;

/// <summary>Pathname expansion for one process.</summary>
internal sealed class Globber(ShellProcess process)
{
    /// <summary>Adds the names that a field matches, or the field itself without its marks.</summary>
    public void Expand(string field, List<string> results)
    {
        if (process.Options.NoGlob || !HasPattern(field))
        {
            results.Add(MarkedText.Unmark(field));
            return;
        }

        List<string> names = Find(field);
        if (names.Count > 0)
            results.AddRange(names);
        else if (process.Options.Shopt("failglob"))
            throw ShellErrorException.Line($"no match: {MarkedText.Unmark(field)}");
        else if (!process.Options.Shopt("nullglob"))
            results.Add(MarkedText.Unmark(field));
    }

    /// <summary>The names that a marked pattern matches, sorted by their bytes.</summary>
    public List<string> Find(string field)
    {
        bool absolute = field.StartsWith('/');
        string[] components = field.Split('/');
        var found = new List<string>();
        Walk(absolute ? "/" : "", components, absolute ? 1 : 0, found);
        string? ignored = process.Variables.Value("GLOBIGNORE");
        if (!string.IsNullOrEmpty(ignored))
        {
            Pattern[] patterns = [.. ignored.Split(':').Select(p => Pattern.Compile(p, process.PatternOptions(false)))];
            found.RemoveAll(n => PathText.Name(n) is "." or ".." || patterns.Any(p => p.Matches(n, process.Interruption)));
        }

        found.Sort(StringComparer.Ordinal);
        return found;
    }

    private bool HasPattern(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '*' or '?':
                    return true;
                case '[' when text.IndexOf(']', i + 1) > 0:
                    return true;
                case '+' or '@' or '!' when i + 1 < text.Length && text[i + 1] == '(' && process.Options.ExtendedGlob:
                    return true;
            }
        }

        return false;
    }

    private void Walk(string prefix, string[] components, int at, List<string> found)
    {
        process.Interruption.Check();
        ShellProcess.EnsureStack();
        if (at == components.Length)
        {
            found.Add(prefix);
            return;
        }

        string component = components[at];
        bool last = at == components.Length - 1;
        if (component.Length == 0)
        {
            // A doubled or trailing slash: what is before it must be a directory.
            if (process.Files.Stat(Absolute(prefix), true, out FileStatus status) == FileError.None && status.IsDirectory)
                Walk(last ? prefix : prefix + "/", components, at + 1, found);
            return;
        }

        if (component == "**" && process.Options.Shopt("globstar"))
        {
            WalkDeep(prefix, components, at, found);
            return;
        }

        if (!HasPattern(component))
        {
            string name = MarkedText.Unmark(Unescape(component));
            string path = prefix + name;
            if (last)
            {
                if (process.Files.Stat(Absolute(path), false, out _) == FileError.None)
                    found.Add(path);
            }
            else
            {
                Walk(path + "/", components, at + 1, found);
            }

            return;
        }

        Pattern pattern = Pattern.Compile(component, process.PatternOptions(process.Options.Shopt("nocaseglob")));
        foreach (DirectoryEntry entry in Entries(prefix, pattern.BeginsWithDot))
        {
            if (!pattern.Matches(entry.Name, process.Interruption))
                continue;
            string path = prefix + entry.Name;
            if (last)
                found.Add(path);
            else if (entry.Kind == FileKind.Directory || IsDirectory(path))
                Walk(path + "/", components, at + 1, found);
        }
    }

    /// <summary><c>**</c>: this directory and all below it.</summary>
    private void WalkDeep(string prefix, string[] components, int at, List<string> found)
    {
        bool last = at == components.Length - 1;
        bool onlyDirectories = at == components.Length - 2 && components[at + 1].Length == 0;
        if (!last && !onlyDirectories)
            Walk(prefix, components, at + 1, found);
        else if (prefix.Length > 0 && (last || onlyDirectories) && IsDirectory(prefix))
            found.Add(prefix);
        foreach (DirectoryEntry entry in Entries(prefix, named: false))
        {
            process.Interruption.Check();
            string path = prefix + entry.Name;
            if (entry.Kind != FileKind.Directory)
            {
                if (last || (onlyDirectories && IsDirectory(path)))
                    found.Add(onlyDirectories ? path + "/" : path);
                continue;
            }

            if (last)
                found.Add(path);
            WalkBelow(path + "/", components, at, found, last, onlyDirectories);
        }
    }

    private void WalkBelow(string prefix, string[] components, int at, List<string> found, bool last, bool onlyDirectories)
    {
        if (!last)
        {
            WalkDeep(prefix, components, at, found);
            return;
        }

        _ = onlyDirectories;
        ShellProcess.EnsureStack();
        foreach (DirectoryEntry entry in Entries(prefix, named: false))
        {
            found.Add(prefix + entry.Name);
            if (entry.Kind == FileKind.Directory)
                WalkBelow(prefix + entry.Name + "/", components, at, found, last, onlyDirectories);
        }
    }

    private IEnumerable<DirectoryEntry> Entries(string prefix, bool named)
    {
        if (process.Files.ReadDirectory(Absolute(prefix), out IReadOnlyList<DirectoryEntry> entries) != FileError.None)
            return [];
        bool dots = named || process.Options.Shopt("dotglob") || !string.IsNullOrEmpty(process.Variables.Value("GLOBIGNORE"));
        return entries.Where(e => e.Name[0] != '.' || dots);
    }

    private bool IsDirectory(string path)
        => process.Files.Stat(Absolute(path), true, out FileStatus status) == FileError.None && status.IsDirectory;

    private string Absolute(string path) => path.Length == 0 ? process.WorkingDirectory : PathText.Absolute(process.WorkingDirectory, path);

    private static string Unescape(string component) => component.Contains('\\') ? component.Replace("\\", "", StringComparison.Ordinal) : component;
}
