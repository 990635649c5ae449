using System.CommandLine;
using System.Globalization;
using Offstage.Client;
using Offstage.Contracts;
using Offstage.Sessions.Api;
using Offstage.Terminal;

namespace Offstage.Commands;

/// <summary><c>offstage show ID</c>: a session as it is, and why.</summary>
internal static class ShowCommand
{
    private const int TurnsMax = 200;

    public static Command Make()
    {
        var command = new Command("show", "Show a session: how it is, why, what is kept, what moves it on.").With("""
            offstage show last
            offstage show k3v9 --json
            """);
        command.RunWithSession(async (_, environment, server, session, cancellationToken) =>
        {
            var view = await server.Api.GetAsync($"v1/sessions/{session.Value}", ClientJson.Default.SessionView, cancellationToken);
            if (environment.Json)
            {
                environment.Screen.WriteLine(view.Json);
                return ExitCodes.Done;
            }

            var turns = await server.Api.GetAsync($"v1/sessions/{session.Value}/turns?limit={TurnsMax}", ClientJson.Default.TurnPage, cancellationToken);
            Write(environment, view.Value, turns.Value);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Write(CommandEnvironment environment, SessionView view, TurnPage turns)
    {
        var screen = environment.Screen;
        void Line(string name, string? value)
        {
            if (value is not null)
                screen.WriteLine($"{screen.Dim(name.PadRight(10))} {value}");
        }

        Line("session", screen.Bold(view.Id.Value));
        Line("title", view.Title is null ? null : CleanText.OneLine(view.Title));
        Line("status", $"{Format.Status(screen, view.Status)}  {CleanText.OneLine(view.Explanation.Why, 1000)}");
        Line("since", At(view.Explanation.Since));
        Line("kept", view.Explanation.Kept);
        Line("until", view.Explanation.Until is { } until ? At(until) : null);
        Line("moves on", view.Explanation.MovesOn);
        Line("agent", view.Agent + (view.Model is null ? "" : $" {view.Model}") + $", mode {view.Mode.ToString().ToLowerInvariant()}");
        Line("files", Format.Workspace(view.Workspace));
        Line("branch", (view.Workspace as Workspace.Repository)?.Branch);
        Line("workspace", view.WorkspacePath);
        Line("sandbox", Format.Sandbox(view.Sandbox));
        Line("author", CleanText.OneLine($"{view.CreatedBy.Name} <{view.CreatedBy.Email}>"));
        Line("forked", view.ForkedFrom?.Value);
        Line("siblings", view.Siblings is { } all ? string.Join(" ", all.Where(s => s != view.Id).Select(s => s.Value)) : null);
        Line("plan", view.ProposedPlan is null ? null : $"proposed; accept it: offstage accept {SessionFinder.ShortOf(view.Id)}");
        Line("tokens", view.Usage is { } u ? $"{Format.Tokens(u.InputTokens)} in, {Format.Tokens(u.OutputTokens)} out" : null);

        foreach (var request in view.Requests)
        {
            screen.WriteLine();
            foreach (string line in RequestText.Of(request.Body))
                screen.WriteLine(screen.Yellow(line));
            screen.WriteLine($"  {RequestText.HowToAnswer(request.Body, view.Id)}  {screen.Dim(request.Id.Value)}");
        }

        if (turns.Turns.Count > 0)
            screen.WriteLine();
        foreach (var turn in turns.Turns)
        {
            string outcome = turn.Outcome switch
            {
                null => screen.Cyan("…"),
                TurnOutcome.Completed => screen.Green("✓"),
                TurnOutcome.Failed => screen.Red("✗"),
                _ => screen.Yellow("■"),
            };
            screen.WriteLine($"{outcome} {CleanText.OneLine(turn.Text, 100)}");
            string ended = turn.Outcome is null or TurnOutcome.Completed ? "" : $"{Format.Outcome(turn.Outcome)}  ";
            string saved = turn.Checkpoint is { } c ? $"checkpoint {c.Number}: {Format.Files(c.FilesChanged)}, +{c.Additions} -{c.Deletions}  " : "";
            string commit = turn.Commit is { } hash ? $"commit {hash[..Math.Min(12, hash.Length)]}" : "";
            if ((ended + saved + commit).TrimEnd() is { Length: > 0 } more)
                screen.WriteLine(screen.Dim("  " + more));
        }

        foreach (var prompt in view.Queue)
            screen.WriteLine(screen.Dim($"· waits: {CleanText.OneLine(prompt.Text ?? "", 100)}"));
    }

    private static string At(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
