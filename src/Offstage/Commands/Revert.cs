using System.CommandLine;
using Offstage.Client;
using Offstage.Contracts;
using Offstage.Sessions.Api;

namespace Offstage.Commands;

/// <summary><c>offstage revert ID N</c>: the workspace as it was at a checkpoint.</summary>
internal static class RevertCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static Command Make()
    {
        var checkpoint = new Argument<int>("N") { Description = "Number of the checkpoint; 0 is before the first turn." };
        var command = new Command("revert", "Put the workspace of a session back to a checkpoint.") { checkpoint }.With("""
            offstage revert last 0      (before the first turn)
            """);
        command.RunWithSession(async (parsed, environment, server, session, cancellationToken) =>
        {
            int number = parsed.GetValue(checkpoint);
            var accepted = await server.Api.PostAsync(
                $"v1/sessions/{session.Value}/revert", new RevertBody { Checkpoint = number }, ClientJson.Default.RevertBody, ClientJson.Default.SessionView,
                withKey: false, cancellationToken);
            await WaitAsync(server, session, accepted.Value.Sequence, cancellationToken);
            if (environment.Json)
                environment.Screen.WriteLine((await server.Api.GetAsync($"v1/sessions/{session.Value}", ClientJson.Default.SessionView, cancellationToken)).Json);
            else
                environment.Screen.WriteLine($"Reverted to checkpoint {number}. What was there before is kept as a checkpoint of its own.");
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task WaitAsync(ServerLink server, SessionId session, EventSequence asked, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, server.Api.TimeProvider);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            // From before the answer: the revert may be done by the time it arrives.
            var after = new EventSequence(Math.Max(0, asked.Value - 1));
            await foreach (var batch in new EventFeed(server.Api, _ => { }).FollowAsync(session, after, live: false, over.Token))
            {
                foreach (var message in batch.OfType<FeedMessage.Durable>())
                {
                    if (message.Event.Body is SessionEventBody.WorkspaceReverted)
                        return;
                    if (message.Event.Body is SessionEventBody.RevertFailed failed)
                        throw new CommandException("revert_failed", $"The revert failed: {failed.Reason}");
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandException("revert_pending", "The revert takes long; 'offstage show' says when it is done.");
        }
    }
}
