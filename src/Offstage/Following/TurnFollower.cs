using Offstage.Client;
using Offstage.Contracts;
using Offstage.Sessions.Api;
using Offstage.Terminal;
using static Offstage.Contracts.SessionEventBody;

namespace Offstage.Following;

/// <summary>
/// Shows one turn until it is over and its work is saved. Asks the person in between; stops the turn when told to.
/// </summary>
internal sealed class TurnFollower(
    CommandEnvironment environment, ServerLink server, Transcript transcript, Interrupts interrupts, SessionId session, TurnId turn)
{
    /// <summary>How long the work of an ended turn may take to be saved before this command goes on without knowing.</summary>
    private static readonly TimeSpan SaveLimit = TimeSpan.FromSeconds(60);

    private readonly Screen screen = environment.Screen;
    private readonly RequestAsker asker = new(environment.Screen);
    private readonly Dictionary<RequestId, RequestOpened> requests = [];
    private readonly Queue<FeedMessage> held = new();
    private TurnResult result = new();
    private bool reachedAgent;
    private bool hasRepository;
    private bool saved;
    private bool savingBegun;
    private CheckpointNumber? latest;
    private EventSequence seen;
    private EventSequence? until;

    /// <summary>Follows after an event.</summary>
    /// <exception cref="OperationCanceledException">The person left.</exception>
    public async Task<TurnResult> FollowAsync(SessionView view, EventSequence after, CancellationToken leaving)
    {
        hasRepository = view.Workspace is Workspace.Repository;
        latest = view.LatestCheckpoint;
        seen = after;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(leaving);
        var feed = new EventFeed(server.Api, ToldOfConnection).FollowAsync(session, after, live: true, over.Token).GetAsyncEnumerator(over.Token);
        Task<bool> moving = feed.MoveNextAsync().AsTask();
        Task stopped = StopWhenToldAsync(over.Token);
        Task<RequestAnswer?>? asking = null;
        RequestOpened? asked = null;
        CancellationTokenSource? unasked = null;
        Task saving = over.Token.WhenCancelled();
        try
        {
            while (true)
            {
                await Task.WhenAny(moving, (Task?)asking ?? moving, saving);
                leaving.ThrowIfCancellationRequested();
                if (asking is { IsCompleted: true })
                {
                    var given = await asking;
                    (asking, var request) = (null, asked!);
                    if (given is not null && requests.ContainsKey(request.Request))
                        await AnswerAsync(request, given, leaving);
                    while (held.TryDequeue(out var message))
                        Show(message);
                }

                if (moving.IsCompleted)
                {
                    if (!await moving)
                        return result with { Outcome = result.Outcome ?? new TurnOutcome.Interrupted("deleted", Confirmed: true) };
                    foreach (var message in feed.Current)
                    {
                        Take(message);
                        if (asking is null)
                            Show(message);
                        else
                            held.Enqueue(message);
                    }

                    if (asked is not null && !requests.ContainsKey(asked.Request))
                        await (unasked?.CancelAsync() ?? Task.CompletedTask);
                    screen.Flush();
                    moving = feed.MoveNextAsync().AsTask();
                }

                if (asking is not null)
                    continue;
                if (result.Outcome is not null)
                {
                    if (until is null && !await NeedsMoreAsync(leaving))
                        return Finished();
                    if (until is { } end && seen >= end)
                        return Finished();
                    if (saving.IsCompleted)
                        return Finished() with { Unsaved = true };
                    if (!savingBegun)
                    {
                        savingBegun = true;
                        saving = Task.Delay(SaveLimit, server.Api.TimeProvider, over.Token);
                    }
                }
                else if (requests.Count > 0 && !interrupts.First.IsCancellationRequested)
                {
                    asked = requests.Values.First();
                    if (!screen.CanAsk)
                        return Finished() with { Waiting = asked };
                    unasked?.Dispose();
                    unasked = CancellationTokenSource.CreateLinkedTokenSource(interrupts.First, leaving);
                    transcript.Gap();
                    screen.Flush();
                    asking = asker.AskAsync(asked.Body, unasked.Token);
                }
            }
        }
        finally
        {
            await over.CancelAsync();
            await Quietly(moving);
            await Quietly(stopped);
            await feed.DisposeAsync();
            unasked?.Dispose();
        }
    }

    private TurnResult Finished() => result with { Usage = transcript.Usage };

    /// <summary>Whether something is still to come of the turn: its checkpoint, and the commit that is written with it.</summary>
    private async Task<bool> NeedsMoreAsync(CancellationToken cancellationToken)
    {
        if (!hasRepository || !reachedAgent)
            return false;
        if (!saved)
            return true;
        // The commit stands in the same append as the checkpoint: whatever the session has by now is all of it.
        until = (await server.Api.GetAsync($"v1/sessions/{session.Value}", ClientJson.Default.SessionView, cancellationToken)).Value.Sequence;
        return seen < until;
    }

    private void Take(FeedMessage message)
    {
        if (message is not FeedMessage.Durable { Event: var e })
            return;
        seen = e.Sequence;
        switch (e.Body)
        {
            case TurnSent sent when sent.Turn == turn:
                reachedAgent = true;
                break;
            case TurnEnded ended when ended.Turn == turn:
                result = result with { Outcome = ended.Outcome };
                break;
            case RequestOpened opened:
                requests[opened.Request] = opened;
                break;
            case RequestAnswered answered:
                requests.Remove(answered.Request);
                break;
            case RequestClosed closed:
                requests.Remove(closed.Request);
                break;
            case CheckpointCaptured captured when captured.Turn == turn:
                result = result with { Checkpoint = captured, Before = latest };
                (latest, saved) = (captured.Checkpoint, true);
                break;
            case CheckpointCaptured captured:
                latest = captured.Checkpoint;
                break;
            case CheckpointUnchanged unchanged when unchanged.Turn == turn:
                saved = true;
                break;
            case CheckpointFailed failed when failed.Turn == turn:
                result = result with { Unsaved = true };
                saved = true;
                break;
            case BranchCommitted committed when committed.Turn == turn:
                result = result with { Commit = committed };
                break;
        }
    }

    private void Show(FeedMessage message)
    {
        if (screen.Json)
            screen.WriteLine(message.Json);
        else
            transcript.Show(message);
    }

    private async Task AnswerAsync(RequestOpened request, RequestAnswer answer, CancellationToken cancellationToken)
    {
        try
        {
            var person = await GitPerson.FindAsync(environment, cancellationToken);
            await server.Api.PostAsync(
                $"v1/sessions/{session.Value}/requests/{request.Request.Value}/answer", new AnswerBody { Answer = answer, Author = person },
                ClientJson.Default.AnswerBody, ClientJson.Default.SessionView, withKey: false, cancellationToken);
            requests.Remove(request.Request);
        }
        catch (ApiException refused)
        {
            // Somebody else was faster, or it expired: what happened comes as an event.
            requests.Remove(request.Request);
            transcript.Line(screen.Yellow($"! {refused.Message}"));
        }
    }

    private async Task StopWhenToldAsync(CancellationToken over)
    {
        using var told = CancellationTokenSource.CreateLinkedTokenSource(interrupts.First, over);
        await told.Token.WhenCancelled();
        if (over.IsCancellationRequested)
            return;
        screen.Note("Stopping the turn. Ctrl-C again leaves at once.");
        try
        {
            await server.Api.PostAsync($"v1/sessions/{session.Value}/interrupt", ClientJson.Default.SessionView, over);
        }
        catch (ApiException refused) when (refused.Code == "no_active_turn")
        {
            // It has just ended by itself.
        }
        catch (CommandException refused)
        {
            screen.Note($"offstage: {refused.Message} [{refused.Code}]");
        }
    }

    private void ToldOfConnection(bool lost)
    {
        if (!server.IsOwn)
            screen.Note(lost ? "The connection to the server is gone; looking for it." : "The server is back.");
    }

    private static async Task Quietly(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception e) when (e is OperationCanceledException or CommandException)
        {
            // It was ended on purpose, with what it served.
        }
    }
}
