using Offstage.Client;
using Offstage.Commands;
using Offstage.Contracts;
using Offstage.Sessions.Api;
using Offstage.Terminal;

namespace Offstage.Following;

/// <summary>A turn from its first event to what came of it: what <c>run</c>, <c>prompt --follow</c> and <c>retry</c> show.</summary>
internal static class TurnFlow
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);

    /// <returns>The exit code.</returns>
    public static async Task<int> FollowAsync(
        CommandEnvironment environment, ServerLink server, Interrupts interrupts, SessionView view, PromptId prompt, TurnId turn, EventSequence after)
    {
        var screen = environment.Screen;
        var transcript = new Transcript(screen);
        transcript.Typed.Add(prompt);
        long begun = environment.TimeProvider.GetTimestamp();
        TurnReport.Begin(screen, transcript, view);
        try
        {
            var result = await new TurnFollower(environment, server, transcript, interrupts, view.Id, turn).FollowAsync(view, after, interrupts.Second);
            if (result.Waiting is not null && server.IsOwn && view.Limits.OnAgentLost == AgentLostPolicy.End)
                await StopAsync(server, view.Id, interrupts.Second);
            var took = environment.TimeProvider.GetElapsedTime(begun);
            await TurnReport.EndAsync(screen, transcript, server, view, turn, result, took, interrupts.Second);
            return result.ExitCode;
        }
        catch (OperationCanceledException) when (interrupts.Second.IsCancellationRequested)
        {
            transcript.Gap();
            screen.Note(server.IsOwn
                ? $"Left. What ran in the sandbox is ended; 'offstage show {SessionFinder.ShortOf(view.Id)}' says what is kept."
                : $"Left. The session goes on at the server: 'offstage logs {SessionFinder.ShortOf(view.Id)} -f'.");
            return ExitCodes.Failed;
        }
    }

    /// <summary>Nothing may look alive without a server behind it (S2).</summary>
    private static async Task StopAsync(ServerLink server, SessionId session, CancellationToken cancellationToken)
    {
        try
        {
            await server.Api.PostAsync($"v1/sessions/{session.Value}/interrupt", ClientJson.Default.SessionView, cancellationToken);
            await server.WaitUntilAsync(
                StopLimit,
                async over => (await server.Api.GetAsync($"v1/sessions/{session.Value}", ClientJson.Default.SessionView, over)).Value.Turn is null,
                cancellationToken);
        }
        catch (ApiException)
        {
            // It ended by itself, and with it the request.
        }
    }
}
