using System.Text.Json;
using Offstage.Client;
using Offstage.Contracts;
using Offstage.Sessions.Api;
using Offstage.Terminal;

namespace Offstage.Following;

/// <summary>What stands around a followed turn: whose it is before it, what came of it after it.</summary>
internal static class TurnReport
{
    public static void Begin(Screen screen, Transcript transcript, SessionView view)
    {
        if (screen.Json)
            return;
        string where = Format.Workspace(view.Workspace);
        string? branch = (view.Workspace as Workspace.Repository)?.Branch;
        string model = (view.Model is null ? "" : $" {view.Model}") + (view.Effort is null ? "" : $" {view.Effort}");
        if (screen.IsTerminal)
        {
            transcript.Line($"{screen.Cyan("●")} {screen.Bold(CleanText.OneLine(view.Title ?? "", 100))}");
            transcript.Line(screen.Dim($"  {view.Id}"));
            transcript.Line(screen.Dim($"  {view.Agent}{model} · {where} · {Format.Sandbox(view.Sandbox)}"));
        }
        else
        {
            transcript.Line($"session: {view.Id}");
            transcript.Line($"agent:   {view.Agent}{model}");
            transcript.Line($"files:   {where}");
            if (branch is not null)
                transcript.Line($"branch:  {branch}");
            transcript.Line($"sandbox: {Format.Sandbox(view.Sandbox)}");
        }

        transcript.Gap();
        screen.Flush();
    }

    public static async Task EndAsync(
        Screen screen, Transcript transcript, ServerLink server, SessionView view, TurnId turn, TurnResult result, TimeSpan took, CancellationToken cancellationToken)
    {
        var diff = await DiffAsync(server, view.Id, result, cancellationToken);
        if (screen.Json)
        {
            screen.WriteLine(JsonSerializer.Serialize(Summarize(view.Id, turn, result), FollowingJson.Default.TurnSummary));
            screen.Flush();
            return;
        }

        transcript.Gap();
        if (result.Waiting is { } waiting)
            ShowWaiting(screen, transcript, server, view, waiting);
        else
            ShowOutcome(screen, transcript, view, result, diff, took);
        screen.Flush();
    }

    private static void ShowWaiting(Screen screen, Transcript transcript, ServerLink server, SessionView view, SessionEventBody.RequestOpened waiting)
    {
        string id = SessionFinder.ShortOf(view.Id);
        transcript.Line(screen.Yellow("waiting: the agent waits for an answer, and nobody is at this terminal."));
        if (!server.IsOwn)
        {
            transcript.Line($"answer:  {RequestText.HowToAnswer(waiting.Body, view.Id)}");
            transcript.Line($"watch:   offstage logs {id} -f");
        }
        else if (view.Limits.OnAgentLost == AgentLostPolicy.Continue)
        {
            transcript.Line("The server is this command's own and ends with it. 'offstage up' takes the turn up again; then answer:");
            transcript.Line($"answer:  {RequestText.HowToAnswer(waiting.Body, view.Id)}");
        }
        else
        {
            transcript.Line("The server is this command's own and ends with it: the turn has been stopped, its files are kept.");
            transcript.Line("To answer, start 'offstage up' in another terminal, ask again, and answer while it waits:");
            transcript.Line($"retry:   offstage retry {id}");
            transcript.Line($"answer:  {RequestText.HowToAnswer(waiting.Body, view.Id)}");
        }
    }

    private static void ShowOutcome(Screen screen, Transcript transcript, SessionView view, TurnResult result, DiffView? diff, TimeSpan took)
    {
        string id = SessionFinder.ShortOf(view.Id);
        string outcome = Format.Outcome(result.Outcome!);
        string tokens = result.Usage is { } usage ? $" · {Format.Tokens(usage.InputTokens)} tokens in, {Format.Tokens(usage.OutputTokens)} out" : "";
        string head = result.Outcome switch
        {
            TurnOutcome.Completed => screen.Green($"✓ {outcome}"),
            TurnOutcome.Failed => screen.Red($"✗ {outcome}"),
            _ => screen.Yellow($"■ {outcome}"),
        };
        transcript.Line(head + screen.Dim($" · {Format.Duration(took)}{tokens}"));
        if (result.Checkpoint is { } checkpoint)
        {
            transcript.Line($"  {Format.Files(checkpoint.FilesChanged)} changed, {screen.Green($"+{checkpoint.Additions}")} {screen.Red($"-{checkpoint.Deletions}")}");
            if (diff is not null)
                DiffStat.Write(screen, diff.Files);
        }
        else if (view.Workspace is Workspace.Repository && !result.Unsaved && result.Outcome is TurnOutcome.Completed)
        {
            transcript.Line("  no file changed");
        }

        if (result.Unsaved)
            transcript.Line(screen.Yellow("  The work is not saved on the branch yet; the sandbox keeps it."));
        string? branch = (view.Workspace as Workspace.Repository)?.Branch;
        if (result.Commit is { } commit)
        {
            transcript.Line($"  branch  {commit.Branch}");
            transcript.Line($"  commit  {commit.Commit[..Math.Min(12, commit.Commit.Length)]}");
        }
        else if (branch is not null && result.Checkpoint is not null)
        {
            transcript.Line(screen.Dim("  Not on the branch: only a completed turn is committed. The checkpoint keeps it."));
        }

        transcript.Gap();
        Next(transcript, screen, result, id);
    }

    private static void Next(Transcript transcript, Screen screen, TurnResult result, string id)
    {
        var tries = new List<(string Command, string Why)>();
        void Try(string command, string why) => tries.Add((command, why));
        if (result.Checkpoint is not null)
            Try($"offstage diff {id}", "what it changed");
        if (result.Commit is { } commit)
            Try($"git merge {commit.Branch}", "take it");
        if (result.Outcome is TurnOutcome.Completed)
            Try($"offstage prompt {id} \"…\"", "go on");
        else
            Try($"offstage retry {id}", "ask it again");
        if (result.Checkpoint is not null && result.Before is { } before)
            Try($"offstage revert {id} {before}", "undo it");
        int width = tries.Max(t => t.Command.Length);
        transcript.Line(screen.Dim("next:"));
        foreach (var (command, why) in tries)
            transcript.Line($"  {command.PadRight(width)}  {screen.Dim(why)}");
    }

    private static async Task<DiffView?> DiffAsync(ServerLink server, SessionId session, TurnResult result, CancellationToken cancellationToken)
    {
        if (result.Checkpoint is not { } checkpoint || result.Before is not { } before)
            return null;
        try
        {
            return (await server.Api.GetAsync(
                $"v1/sessions/{session.Value}/diff?from={before}&to={checkpoint.Checkpoint}", ClientJson.Default.DiffView, cancellationToken)).Value;
        }
        catch (ApiException)
        {
            // The numbers of the checkpoint are told anyway.
            return null;
        }
    }

    private static TurnSummary Summarize(SessionId session, TurnId turn, TurnResult result) => new(
        "summary", session, turn,
        result.Waiting is not null ? "waiting" : result.Outcome switch
        {
            TurnOutcome.Completed => "completed",
            TurnOutcome.Failed => "failed",
            _ => "interrupted",
        },
        result.Outcome, result.Waiting?.Request, result.Commit?.Branch, result.Commit?.Commit, result.Checkpoint?.Checkpoint,
        result.Checkpoint?.FilesChanged ?? 0, result.Checkpoint?.Additions ?? 0, result.Checkpoint?.Deletions ?? 0, result.ExitCode);
}
