using System.CommandLine;
using Offstage.Client;
using Offstage.Sessions.Api;
using Offstage.Terminal;

namespace Offstage.Commands;

/// <summary><c>offstage diff ID</c>: what a session changed.</summary>
internal static class DiffCommand
{
    public static Command Make()
    {
        var from = new Option<int?>("--from") { Description = "Checkpoint to begin at. Default: 0, before the first turn.", HelpName = "N" };
        var to = new Option<int?>("--to") { Description = "Checkpoint to end at. Default: the latest.", HelpName = "N" };
        var stat = new Option<bool>("--stat") { Description = "Only the files and their counts." };
        var command = new Command("diff", "Show what a session changed, as a patch.") { from, to, stat }.With("""
            offstage diff last
            offstage diff last --stat
            offstage diff last | git apply
            """);
        command.RunWithSession(async (parsed, environment, server, session, cancellationToken) =>
        {
            string query = string.Join('&', new[] { Pair("from", parsed.GetValue(from)), Pair("to", parsed.GetValue(to)) }.Where(p => p is not null));
            var diff = await server.Api.GetAsync($"v1/sessions/{session.Value}/diff?{query}", ClientJson.Default.DiffView, cancellationToken);
            if (environment.Json)
                environment.Screen.WriteLine(diff.Json);
            else if (parsed.GetValue(stat))
                WriteStat(environment.Screen, diff.Value);
            else
                WritePatch(environment.Screen, diff.Value);
            return ExitCodes.Done;
        });
        return command;
    }

    private static string? Pair(string name, int? value) => value is null ? null : $"{name}={value}";

    private static void WriteStat(Screen screen, DiffView diff)
    {
        DiffStat.Write(screen, diff.Files, int.MaxValue);
        screen.WriteLine($"  {Format.Files(diff.Files.Count)} changed, {screen.Green($"+{diff.Files.Sum(f => f.Additions ?? 0)}")} {screen.Red($"-{diff.Files.Sum(f => f.Deletions ?? 0)}")}");
    }

    private static void WritePatch(Screen screen, DiffView diff)
    {
        if (!screen.IsTerminal)
        {
            // For `git apply`: byte for byte.
            screen.Write(diff.Patch);
        }
        else
        {
            foreach (string line in diff.Patch.Split('\n')[..^1])
                screen.WriteLine(Painted(screen, CleanText.Of(line)));
        }

        if (diff.Truncated)
            screen.Note("The patch is cut: it is over the bound of the server. 'offstage diff --stat' lists all files, and the branch has all.");
    }

    private static string Painted(Screen screen, string line) => line switch
    {
        ['d', 'i', 'f', 'f', ' ', ..] or ['+', '+', '+', ..] or ['-', '-', '-', ..] or ['i', 'n', 'd', 'e', 'x', ..] => screen.Bold(line),
        ['@', '@', ..] => screen.Cyan(line),
        ['+', ..] => screen.Green(line),
        ['-', ..] => screen.Red(line),
        _ => line,
    };
}
