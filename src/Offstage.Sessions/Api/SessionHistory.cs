using Microsoft.AspNetCore.Http;
using Offstage.Contracts;
using Offstage.Sessions.EventLog;
using Offstage.Sql;

namespace Offstage.Sessions.Api;

/// <summary>Turns and checkpoints of a session, folded from its log.</summary>
public sealed class SessionHistory(ISessionStore store)
{
    private const int PageSize = 1000;

    private static readonly string[] TurnKinds = ["prompt.queued", "turn.created", "turn.ended", "checkpoint.captured", "branch.committed", "revert.completed"];
    private static readonly string[] CheckpointKinds = ["checkpoint.captured"];

    /// <summary>Turns in order. <paramref name="after"/> is the number of turns to pass over.</summary>
    public async Task<(IReadOnlyList<PastTurnView> Turns, bool More)> ReadTurnsAsync(
        SessionId session, int after, int limit, CancellationToken cancellationToken)
    {
        var prompts = new Dictionary<PromptId, string>();
        var turns = new List<PastTurnView>();
        var places = new Dictionary<TurnId, int>();
        void Change(TurnId? turn, Func<PastTurnView, PastTurnView> change)
        {
            if (turn is { } id && places.TryGetValue(id, out int place))
                turns[place] = change(turns[place]);
        }

        await foreach (var e in ReadAsync(session, TurnKinds, cancellationToken))
        {
            switch (e.Body)
            {
                case SessionEventBody.PromptQueued queued:
                    prompts[queued.Prompt] = queued.Text;
                    break;
                case SessionEventBody.TurnCreated created:
                    places[created.Turn] = turns.Count;
                    turns.Add(new PastTurnView(
                        created.Turn, created.Prompt, prompts.GetValueOrDefault(created.Prompt, ""), e.At, null, null, null, null,
                        created.Checkpoint, null, null, Reverted: false));
                    prompts.Remove(created.Prompt);
                    break;
                case SessionEventBody.TurnEnded ended:
                    Change(ended.Turn, t => t with { EndedAt = e.At, Outcome = ended.Outcome, LastSequence = e.Sequence, Usage = ended.Usage });
                    break;
                case SessionEventBody.CheckpointCaptured captured:
                    Change(captured.Turn, t => t with { Checkpoint = ToView(captured, e.At) });
                    break;
                case SessionEventBody.WorkspaceReverted reverted:
                    for (int i = 0; i < turns.Count; i++)
                        turns[i] = turns[i].Number?.Value > reverted.Checkpoint.Value ? turns[i] with { Reverted = true } : turns[i];
                    break;
                case SessionEventBody.BranchCommitted committed:
                    Change(committed.Turn, t => t with { Commit = committed.Commit });
                    break;
            }
        }

        return ([.. turns.Skip(after).Take(limit)], turns.Count - after > limit);
    }

    /// <summary>A turn that has ended.</summary>
    public async Task<PastTurnView> RequireTurnAsync(SessionId session, TurnId turn, CancellationToken cancellationToken)
    {
        var (turns, _) = await ReadTurnsAsync(session, 0, int.MaxValue, cancellationToken);
        var found = turns.FirstOrDefault(t => t.Id == turn) ?? throw ApiProblemException.NotFound("turn");
        return found is { LastSequence: not null, Number: not null, Reverted: false }
            ? found
            : throw new ApiProblemException(
                StatusCodes.Status409Conflict, "turn_unusable", "The turn has not ended, was taken back, or was had by a version that did not number its turns.");
    }

    public async Task<IReadOnlyList<CheckpointView>> ReadCheckpointsAsync(SessionId session, CancellationToken cancellationToken)
    {
        var checkpoints = new List<CheckpointView>();
        await foreach (var e in ReadAsync(session, CheckpointKinds, cancellationToken))
        {
            if (e.Body is SessionEventBody.CheckpointCaptured captured)
                checkpoints.Add(ToView(captured, e.At));
        }

        return checkpoints;
    }

    private static CheckpointView ToView(SessionEventBody.CheckpointCaptured c, DateTimeOffset at)
        => new(c.Checkpoint, c.Turn, c.Commit, c.FilesChanged, c.Additions, c.Deletions, at);

    private async IAsyncEnumerable<SessionEvent> ReadAsync(
        SessionId session, IReadOnlyList<string> kinds, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = EventSequence.None;
        while (true)
        {
            var page = await store.ReadEventsAsync(session, kinds, after, PageSize, cancellationToken);
            foreach (var stored in page)
                yield return EventCodec.Read(session, stored);
            if (page.Count < PageSize)
                yield break;
            after = page[^1].Sequence;
        }
    }
}
