using System.Globalization;

namespace Offstage.Git;

/// <summary>Reads <c>git diff-tree -r --raw --numstat -z</c>: first all raw entries, then all counts.</summary>
internal static class DiffParser
{
    public static IReadOnlyList<FileDiff> Parse(string output)
    {
        string[] fields = output.Split('\0');
        Dictionary<string, (FileChangeKind Kind, string? Previous)> kinds = new(StringComparer.Ordinal);
        int i = 0;
        while (i < fields.Length && fields[i].StartsWith(':'))
        {
            // ":<mode> <mode> <oid> <oid> <status>", path, and for a rename the path after it
            char status = fields[i][(fields[i].LastIndexOf(' ') + 1)..][0];
            bool hasTwoPaths = status is 'R' or 'C';
            kinds[fields[hasTwoPaths ? i + 2 : i + 1]] = (Kind(status), hasTwoPaths ? fields[i + 1] : null);
            i += hasTwoPaths ? 3 : 2;
        }

        List<FileDiff> files = [];
        while (i < fields.Length && fields[i].Length > 0)
        {
            // "<added>\t<deleted>\t<path>", with an empty path for a rename, whose two paths follow
            string[] counts = fields[i].Split('\t', 3);
            bool isRename = counts[2].Length == 0;
            string path = isRename ? fields[i + 2] : counts[2];
            i += isRename ? 3 : 1;
            (FileChangeKind kind, string? previous) = kinds.GetValueOrDefault(path, (FileChangeKind.Modified, null));
            files.Add(new FileDiff(path, previous, kind, Count(counts[0]), Count(counts[1])));
        }

        return files;
    }

    private static FileChangeKind Kind(char status) => status switch
    {
        'A' or 'C' => FileChangeKind.Added,
        'D' => FileChangeKind.Deleted,
        'R' => FileChangeKind.Renamed,
        'T' => FileChangeKind.TypeChanged,
        _ => FileChangeKind.Modified,
    };

    private static int? Count(string text)
        => text == "-" ? null : int.Parse(text, CultureInfo.InvariantCulture);
}
