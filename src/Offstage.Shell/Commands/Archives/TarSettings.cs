using Offstage.Shell.Commands.Files;
using Offstage.Shell.Commands.Text;
using Offstage.Shell.Commands.Time;

namespace Offstage.Shell.Commands.Archives;

/// <summary>What the options of a tar call say.</summary>
internal sealed class TarSettings(CommandContext context, ParsedOptions options)
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

    public NameTransform Transform { get; } = new(context, options.Given.Where(g => g.Key is "transform" or "xform").Select(g => g.Value!));

    /// <summary>Whether listings show names as --transform makes them.</summary>
    public bool ShowsTransformed { get; } = options.Has("show-transformed-names") || options.Has("show-stored-names");

    public bool KeepNewer { get; } = options.Has("keep-newer-files");

    /// <summary>The directory that everything is unpacked into; null for none.</summary>
    public string? TopLevel { get; } = options.Has("one-top-level") ? options.Value("one-top-level") ?? BaseName(options.Value('f') ?? "") : null;

    /// <summary>The time of added files; null for their own.</summary>
    public DateTimeOffset? ModifiedAt { get; } = options.Value("mtime") is { } time ? Time(context, time) : null;

    /// <summary>What becomes of the modes of added files; null for nothing.</summary>
    public ModeChange? Mode { get; } = options.Value("mode") is { } mode ? ModeChange.Parse(mode) ?? throw new CommandFailedException("Invalid mode given on option", 2) : null;

    public string Owner { get; } = options.Value("owner")?.Split(':')[0] ?? "root";

    public string Group { get; } = options.Value("group")?.Split(':')[0] ?? "root";

    /// <summary>Without the endings of archives.</summary>
    private static string BaseName(string archive)
    {
        string name = PathText.Name(archive);
        string? ending = ((string[])[".tar.gz", ".tgz", ".tar"]).FirstOrDefault(e => name.EndsWith(e, StringComparison.Ordinal));
        return ending is null ? name : name[..^ending.Length];
    }

    private static DateTimeOffset Time(CommandContext context, string text)
    {
        if (text is ['/' or '.', ..] && context.Files.Stat(context.Resolve(text), followLinks: true, out var status) == FileError.None) return status.ModifiedAt;
        return DateText.TryParse(text, context.Time.GetUtcNow(), TimeZones.Of(context), out var time) ? time : throw new CommandFailedException($"Invalid date: {Latin.Quote(text)}", 2);
    }

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
