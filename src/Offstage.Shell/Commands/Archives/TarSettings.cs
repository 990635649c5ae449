using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Archives;

/// <summary>What the options of a tar call say.</summary>
internal sealed class TarSettings(ParsedOptions options)
{
    private readonly List<string> excluded = [.. options.Given.Where(g => g.Key == "exclude").Select(g => g.Value!)];

    public string Archive { get; } = options.Value('f') ?? "-";

    public bool IsGzip { get; } = options.Has('z');

    public int Verbosity { get; } = options.Given.Count(g => g.Key == "v");

    public int StripComponents { get; } = int.TryParse(options.Value("strip-components"), out int n) ? Math.Max(0, n) : 0;

    public bool ToOutput { get; } = options.Has('O');

    public bool PreserveModes { get; } = !options.Has("no-same-permissions");

    public bool KeepOld { get; } = options.Has('k');

    public bool SkipOld { get; } = options.Has("skip-old-files");

    public bool Touch { get; } = options.Has('m');

    public bool AbsoluteNames { get; } = options.Has('P');

    public bool FollowLinks { get; } = options.Has('h');

    public bool Recurse { get; } = !options.Has("no-recursion");

    public bool Wildcards { get; } = options.Has("wildcards");

    public bool NumericOwner { get; } = options.Has("numeric-owner");

    public bool RemoveFiles { get; } = options.Has("remove-files");

    public string Owner { get; } = options.Value("owner")?.Split(':')[0] ?? "root";

    public string Group { get; } = options.Value("group")?.Split(':')[0] ?? "root";

    public IList<string> Excluded => excluded;

    /// <summary>A pattern matches the whole name, or what stands behind any slash; what is below a match is left out too.</summary>
    public bool IsExcluded(string name)
    {
        if (excluded.Count == 0) return false;
        name = name.TrimEnd('/');
        foreach (string pattern in excluded)
        {
            for (int at = 0; at >= 0; at = name.IndexOf('/', at) is >= 0 and var slash ? slash + 1 : -1)
            {
                string rest = name[at..];
                if (Glob.Matches(pattern, rest) || Glob.Matches(pattern + "/*", rest)) return true;
            }
        }

        return false;
    }
}
