using System.CommandLine;
using System.Globalization;
using Offstage.Client;
using Offstage.Contracts;
using Offstage.Sessions.Api;
using Offstage.Terminal;

namespace Offstage.Commands;

/// <summary><c>offstage compare ID</c> and <c>offstage keep ID</c>: several answers to one task side by side, and the choice of one.</summary>
internal static class CompareCommand
{
    public static Command Make()
    {
        var test = new Option<string?>("--test") { Description = "Command that bash runs in each workspace; its exit code says how good the work is.", HelpName = "COMMAND" };
        var command = new Command("compare", "Show the sessions that were given the same task side by side.") { test }.With("""
            offstage run --candidate codex --candidate claude:opus "make the build twice as fast"
            offstage compare last --test "make test"
            offstage keep k3v9
            """);
        command.RunWithSession(async (parsed, environment, server, session, cancellationToken) =>
        {
            if (parsed.GetValue(test) is not null && !environment.Json)
                environment.Screen.Note("Running the test in each workspace, one after the other.");
            var compared = await server.Api.PostAsync(
                $"v1/sessions/{session.Value}/compare", new CompareBody { TestCommand = parsed.GetValue(test) }, ClientJson.Default.CompareBody,
                ClientJson.Default.ComparisonView, withKey: false, cancellationToken);
            if (environment.Json)
                environment.Screen.WriteLine(compared.Json);
            else
                Write(environment.Screen, compared.Value);
            return ExitCodes.Done;
        });
        return command;
    }

    public static Command MakeKeep()
    {
        var command = new Command("keep", "Keep this session of those with the same task; the others are archived, their work saved.").With("""
            offstage keep k3v9
            """);
        command.RunWithSession(async (_, environment, server, session, cancellationToken) =>
        {
            var kept = await server.Api.PostAsync($"v1/sessions/{session.Value}/keep", ClientJson.Default.SessionView, cancellationToken);
            int others = (kept.Value.Siblings?.Count ?? 1) - 1;
            environment.Screen.WriteLine(environment.Json ? kept.Json : $"Kept. {others} {(others == 1 ? "other is" : "others are")} archived.");
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Write(Screen screen, ComparisonView view)
    {
        var columns = new Columns("SESSION", "AGENT", "STATUS", "OUTCOME", "TIME", "TOKENS", "DIFF", "TEST");
        foreach (var s in view.Siblings)
        {
            columns.Add(
                screen.IsTerminal ? SessionFinder.ShortOf(s.Id) : s.Id.Value,
                s.Model is null ? s.Agent ?? "-" : $"{s.Agent}:{s.Model}",
                s.Status ?? "gone",
                s.LastOutcome switch { TurnOutcome.Completed => "completed", TurnOutcome.Failed => "failed", TurnOutcome.Interrupted => "interrupted", _ => "-" },
                Format.Duration(TimeSpan.FromMilliseconds(s.WorkedMs)),
                s.Usage is { } u ? Format.Tokens((u.InputTokens ?? 0) + (u.OutputTokens ?? 0)) : "-",
                s.Diff is { } d ? string.Create(CultureInfo.InvariantCulture, $"{d.FilesChanged} files +{d.Additions} -{d.Deletions}") : "-",
                Describe(s.Test));
        }

        columns.Write(screen, (column, cell) => (column, cell) switch
        {
            (0, _) => screen.Bold(cell),
            (2, _) => Format.Status(screen, cell),
            (_, "failed" or "interrupted") => screen.Red(cell),
            _ => cell,
        });
    }

    private static string Describe(TestView? test) => test switch
    {
        null => "-",
        { Problem: { } why } => $"not run: {CleanText.OneLine(why, 80)}",
        { TimedOut: true } => "timed out",
        { ExitCode: 0 } => $"passed in {Format.Duration(TimeSpan.FromMilliseconds(test.DurationMs))}",
        _ => $"exit {test.ExitCode}: {CleanText.OneLine(test.Output.Trim().Split('\n')[^1], 60)}",
    };
}
