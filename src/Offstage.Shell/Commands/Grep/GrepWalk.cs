using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Grep;

/// <summary>Goes through the operands, and the directories below them where asked.</summary>
internal sealed class GrepWalk(CommandContext context, ParsedOptions options, GrepSettings settings, ILineMatcher matcher)
{
    private const int DepthMax = 1000;

    private readonly GrepFile search = new(context, settings, matcher, new GrepPrinter(context.Output, settings, matcher));
    private readonly List<(string Glob, bool Include)> files = FileGlobs(context, options);
    private readonly List<string> directories = [.. options.Given.Where(g => g.Key == "exclude-dir").Select(g => g.Value!.TrimEnd('/'))];

    public bool Recursive { get; init; }

    public bool FollowLinks { get; init; }

    public bool SkipDirectories { get; init; }

    public bool AnySelected { get; private set; }

    public bool HadError { get; private set; }

    /// <param name="implied">The working directory, when no operand was given: it is not part of the names.</param>
    public void Operand(string path, bool implied)
    {
        if (path == "-")
        {
            Search("-", settings.Label);
            return;
        }

        var error = context.Files.Stat(context.Resolve(path), followLinks: true, out var status);
        if (error != FileError.None)
        {
            Report(path, error);
            return;
        }

        if (status.IsDirectory)
        {
            if (SkipDirectories || (Recursive && !implied && IsExcludedDirectory(path, operand: true))) return;
            if (Recursive) Descend(path, implied ? "" : path.EndsWith('/') ? path : path + "/", 0);
            else if (!settings.Quiet || !settings.Silent) Report(path, FileError.IsDirectory);
            return;
        }

        if (!IsExcluded(path)) Search(path, path);
    }

    private void Descend(string directory, string prefix, int depth)
    {
        context.Check();
        var error = context.Files.ReadDirectory(context.Resolve(directory), out var entries);
        if (error != FileError.None || depth > DepthMax)
        {
            Report(directory, error == FileError.None ? FileError.TooManySymbolicLinks : error);
            return;
        }

        foreach (var entry in entries.OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            if (settings.Quiet && AnySelected) return;
            string path = prefix + entry.Name;
            var kind = entry.Kind;
            if (kind == FileKind.SymbolicLink)
            {
                if (!FollowLinks) continue;
                error = context.Files.Stat(context.Resolve(path), followLinks: true, out var status);
                if (error != FileError.None)
                {
                    Report(path, error);
                    continue;
                }

                kind = status.Kind;
            }

            if (kind == FileKind.Directory)
            {
                if (!IsExcludedDirectory(entry.Name, operand: false)) Descend(path, path + "/", depth + 1);
            }
            else if (kind == FileKind.Regular && !IsExcluded(entry.Name))
            {
                Search(path, path);
            }
        }
    }

    private void Search(string path, string shown)
    {
        using var file = InputFile.TryOpen(context, path, out var error);
        if (file is null)
        {
            Report(path, error);
            return;
        }

        AnySelected |= search.Search(file, shown);
        if (file.Error != FileError.None) Report(shown, file.Error);
    }

    private void Report(string path, FileError error)
    {
        HadError = true;
        if (!settings.Silent) context.Complain(path, error);
    }

    private bool IsExcluded(string path)
    {
        // The last glob that matches decides; without a match a file is left out only when the first asked for inclusion.
        for (int i = files.Count - 1; i >= 0; i--)
        {
            if (Glob.Matches(files[i].Glob, PathText.Name(path)) || Glob.Matches(files[i].Glob, path)) return !files[i].Include;
        }

        return files.Count > 0 && files[0].Include;
    }

    private bool IsExcludedDirectory(string path, bool operand)
        => directories.Exists(g => Glob.Matches(g, PathText.Name(path)) || (operand && Glob.Matches(g, path.TrimEnd('/'))));

    private static List<(string, bool)> FileGlobs(CommandContext context, ParsedOptions options)
    {
        var globs = new List<(string, bool)>();
        foreach (var given in options.Given)
        {
            if (given.Key is "include" or "exclude") globs.Add((given.Value!, given.Key == "include"));
            if (given.Key != "exclude-from") continue;
            using var file = InputFile.TryOpen(context, given.Value!, out var error)
                ?? throw new CommandFailedException($"{given.Value}: {error.Message()}", 2);
            foreach (string line in Latin.Text(file.ReadToEnd()).Split('\n', StringSplitOptions.RemoveEmptyEntries)) globs.Add((line, false));
        }

        return globs;
    }
}
