using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Ripgrep;

/// <summary>Finds the files to search: not hidden ones, nor what ignore files name, unless the options say so. In the order of their names.</summary>
internal sealed class RgWalk(CommandContext context, ParsedOptions options)
{
    private readonly int unrestricted = options.Given.Count(g => g.Key == "u");
    private readonly int depthMax = int.TryParse(options.Value("max-depth"), out int depth) ? depth : 1000;
    private readonly List<(string Type, bool IsNegated)> types = [.. options.Given.Where(g => g.Key is "t" or "T").Select(g => (g.Value!, g.Key == "T"))];
    private IgnoreRules? overrides;

    private bool Hidden => options.Has("hidden") || options.Has('.') || unrestricted > 1;

    private bool UsesIgnore => !options.Has("no-ignore") && unrestricted == 0;

    public bool HadError { get; private set; }

    public IEnumerable<string> Files(IReadOnlyList<string> operands)
    {
        foreach (var (type, _) in types)
        {
            if (!FileTypes.All.ContainsKey(type)) throw new CommandFailedException($"unrecognized file type: {type}", 2);
        }

        overrides = new IgnoreRules(context.WorkingDirectory);
        foreach (GivenOption given in options.Given.Where(g => g.Key is "g" or "iglob"))
        {
            // A glob says what is searched, so it is the other way round than in an ignore file.
            overrides.Add(given.Value!.StartsWith('!') ? given.Value[1..] : "!" + given.Value, ignoreCase: given.Key == "iglob");
        }

        foreach (string operand in operands.Count == 0 ? ["./"] : operands)
        {
            string path = context.Resolve(operand == "./" && operands.Count == 0 ? "." : operand);
            FileError error = context.Files.Stat(path, followLinks: true, out FileStatus status);
            if (error != FileError.None)
            {
                Fail(operand, error);
                continue;
            }

            if (!status.IsDirectory)
            {
                yield return operand;
                continue;
            }

            string shown = operands.Count == 0 ? "" : operand;
            var rules = new List<IgnoreRules>();
            string real = PathText.Normalize(path);
            if (UsesIgnore) Parents(real, rules);
            foreach (string file in Walk(shown, real, rules, 1)) yield return file;
        }
    }

    private void Fail(string name, FileError error)
    {
        HadError = true;
        if (options.Has("no-messages")) return;
        context.Output.Flush();
        context.Error.WriteLine($"{name}: {error.Message()} (os error {(error == FileError.NotFound ? 2 : error == FileError.AccessDenied ? 13 : 5)})");
        context.Error.Flush();
    }

    private void Parents(string path, List<IgnoreRules> rules)
    {
        var folders = new List<string>();
        for (string at = PathText.Directory(path); path != "/"; at = PathText.Directory(at))
        {
            folders.Add(at);
            if (at == "/") break;
        }

        foreach (string folder in Enumerable.Reverse(folders)) AddRules(folder, rules);
    }

    private void AddRules(string folder, List<IgnoreRules> rules)
    {
        if (IsInRepository(folder) && IgnoreRules.Read(context, folder, ".gitignore") is { } git) rules.Add(git);
        foreach (string name in (string[])[".ignore", ".rgignore"])
        {
            if (IgnoreRules.Read(context, folder, name) is { } own) rules.Add(own);
        }
    }

    private bool IsInRepository(string folder)
    {
        if (options.Has("no-ignore-vcs")) return false;
        if (options.Has("no-require-git")) return true;
        for (string at = folder; ; at = PathText.Directory(at))
        {
            if (context.Files.Stat(PathText.Join(at, ".git"), followLinks: true, out _) == FileError.None) return true;
            if (at == "/") return false;
        }
    }

    private IEnumerable<string> Walk(string shown, string path, List<IgnoreRules> outer, int depth)
    {
        context.Check();
        if (depth > depthMax) yield break;
        FileError error = context.Files.ReadDirectory(path, out IReadOnlyList<DirectoryEntry> entries);
        if (error != FileError.None)
        {
            Fail(shown, error);
            yield break;
        }

        var rules = new List<IgnoreRules>(outer);
        if (UsesIgnore) AddRules(path, rules);
        foreach (DirectoryEntry entry in entries.OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            string full = PathText.Join(path, entry.Name);
            bool isDirectory = entry.Kind == FileKind.Directory;
            if (entry.Kind == FileKind.SymbolicLink)
            {
                if (!options.Has('L') || context.Files.Stat(full, followLinks: true, out FileStatus target) != FileError.None) continue;
                isDirectory = target.IsDirectory;
            }

            bool? forced = overrides!.Ignores(full, isDirectory);
            if (forced == true || (forced is null && overrides.Count > 0 && !isDirectory && HasWhitelist)) continue;
            if (forced != false)
            {
                bool? ignored = null;
                for (int i = rules.Count - 1; i >= 0 && ignored is null; i--) ignored = rules[i].Ignores(full, isDirectory);
                if (ignored == true || (ignored is null && !Hidden && entry.Name.StartsWith('.'))) continue;
            }

            string name = shown.Length == 0 ? entry.Name : PathText.Join(shown, entry.Name);
            if (isDirectory)
            {
                foreach (string file in Walk(name, full, rules, depth + 1)) yield return file;
            }
            else if (IsOfType(entry.Name))
            {
                yield return name;
            }
        }
    }

    private bool HasWhitelist => options.Given.Any(g => g.Key is "g" or "iglob" && !g.Value!.StartsWith('!'));

    private bool IsOfType(string name)
    {
        if (types.Count == 0) return true;
        bool any = types.All(t => t.IsNegated);
        foreach (var (type, negated) in types)
        {
            if (FileTypes.Matches(type, name)) any = !negated;
        }

        return any;
    }
}
