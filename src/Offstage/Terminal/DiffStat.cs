using Offstage.Sessions.Effects;

namespace Offstage.Terminal;

/// <summary>The files of a diff with their counts.</summary>
internal static class DiffStat
{
    private const int FilesMax = 30;

    public static void Write(Screen screen, IReadOnlyList<FileDiff> files, int filesMax = FilesMax)
    {
        var shown = files.Take(filesMax).ToList();
        int width = shown.Count == 0 ? 0 : Math.Min(60, shown.Max(f => CleanText.OneLine(f.Path).Length));
        foreach (var file in shown)
        {
            string counts = file.Additions is null
                ? screen.Dim("binary")
                : $"{screen.Green($"+{file.Additions}")} {screen.Red($"-{file.Deletions}")}";
            screen.WriteLine($"    {file.Kind,-8} {CleanText.OneLine(file.Path).PadRight(width)}  {counts}");
        }

        if (files.Count > shown.Count)
            screen.WriteLine(screen.Dim($"    and {files.Count - shown.Count} more"));
    }
}
