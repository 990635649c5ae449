using Offstage.Contracts;
using Offstage.Sessions.EventLog;
using Offstage.Sql;

namespace Offstage.Sessions.Effects;

/// <summary>Which turns the live agent's own conversation holds.</summary>
internal static class AgentTurns
{
    private const int PageSize = 1000;

    private static readonly string[] Kinds =
        ["agent.started", "turn.created", "turn.sent", "turn.started", "turn.continued", "revert.completed"];

    /// <summary>How many turns after a checkpoint the agent has had.</summary>
    /// <returns>Null when that cannot be told: some were had by an agent session before this one, were handed over in more than one piece or never
    /// confirmed, or none would be left.</returns>
    public static async Task<int?> CountAfterAsync(ISessionStore store, SessionId session, CheckpointNumber to, CancellationToken cancellationToken)
    {
        var turns = new List<Turn>();
        var after = EventSequence.None;
        while (true)
        {
            var page = await store.ReadEventsAsync(session, Kinds, after, PageSize, cancellationToken);
            foreach (var stored in page)
            {
                switch (EventCodec.Read(session, stored).Body)
                {
                    case SessionEventBody.AgentStarted { Resumed: false }:
                        // What came before was told to it as a record, with the first prompt: it cannot be taken out of that.
                        turns = [.. turns.Select(turn => turn with { IsOfAgent = !turn.Sent })];
                        break;
                    case SessionEventBody.TurnCreated { Checkpoint: { } checkpoint } e:
                        turns.Add(new Turn(e.Turn, checkpoint, Sent: false, Confirmed: false, IsOfAgent: true));
                        break;
                    case SessionEventBody.TurnCreated:
                        return null;
                    case SessionEventBody.TurnSent e:
                        Change(turns, e.Turn, turn => turn with { Sent = true });
                        break;
                    case SessionEventBody.TurnStarted e:
                        Change(turns, e.Turn, turn => turn with { Confirmed = true });
                        break;
                    case SessionEventBody.TurnContinued e:
                        Change(turns, e.Turn, turn => turn with { IsOfAgent = false });
                        break;
                    case SessionEventBody.WorkspaceReverted e:
                        turns.RemoveAll(turn => turn.Checkpoint.Value > e.Checkpoint.Value);
                        break;
                }
            }

            if (page.Count < PageSize)
                break;
            after = page[^1].Sequence;
        }

        Turn[] gone = [.. turns.Where(turn => turn.Checkpoint.Value > to.Value && turn.Sent)];
        bool someAreLeft = turns.Any(turn => turn.IsOfAgent && turn.Confirmed && turn.Checkpoint.Value <= to.Value);

        // With its first turn an agent may have been told what was before it: without that turn it would not know it any more.
        return gone.All(turn => turn.IsOfAgent && turn.Confirmed) && (gone.Length == 0 || someAreLeft) ? gone.Length : null;
    }

    private static void Change(List<Turn> turns, TurnId id, Func<Turn, Turn> change)
    {
        int place = turns.FindIndex(turn => turn.Id == id);
        if (place >= 0)
            turns[place] = change(turns[place]);
    }

    private sealed record Turn(TurnId Id, CheckpointNumber Checkpoint, bool Sent, bool Confirmed, bool IsOfAgent);
}
