using Microsoft.Extensions.Logging;
using Offstage.Agents;
using Offstage.Contracts;
using Offstage.Sessions.EventLog;
using Offstage.Sessions.Lifecycle;
using Offstage.Sql;

namespace Offstage.Sessions.Effects;

/// <summary>
/// Carries what an agent says into its session: all that is there in one append, live text straight to the subscribers. While
/// the store is away it waits, and the agent with it: back-pressure loses nothing.
/// </summary>
internal sealed class AgentPump(SessionLog log, EventHub hub, IdSource ids, TimeProvider timeProvider, ILogger<AgentPump> logger)
{
    private const int BatchMax = 256;
    private const int BatchBytesMax = 1024 * 1024;

    private static readonly TimeSpan PauseFirst = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);

    /// <remarks>Never throws when the agent is being ended.</remarks>
    public async Task RunAsync(SessionId session, LiveAgent agent)
    {
        try
        {
            try
            {
                await CarryAsync(session, agent);
            }
            catch (Exception e) when (e is not (InvariantViolatedException or OperationCanceledException))
            {
                // Nobody hears it any more: it must not go on working unheard.
                logger.PumpFailed(session.Value, agent.Generation.Value, e);
                await agent.Session.DisposeAsync();
                await ReportAsync(session, new SessionCommand.ReportAgentLost(agent.Generation), agent);
            }
        }
        catch (OperationCanceledException) when (agent.Stopping.IsCancellationRequested)
        {
            // The agent is being ended; whoever ends it reports that.
        }
    }

    private async Task CarryAsync(SessionId session, LiveAgent agent)
    {
        var batch = new List<AgentEvent>();
        var events = agent.Session.Events.GetAsyncEnumerator(CancellationToken.None);
        bool asking = false;
        int bytes = 0;
        try
        {
            while (true)
            {
                asking = true;
                var next = events.MoveNextAsync();
                if (batch.Count > 0 && (batch.Count >= BatchMax || bytes >= BatchBytesMax || !next.IsCompleted))
                {
                    await FlushAsync(session, agent, batch);
                    bytes = 0;
                }

                bool more = await next;
                asking = false;
                if (!more)
                    break;
                batch.Add(events.Current);
                bytes += EventWeight.Of(events.Current);
            }

            if (batch.Count > 0)
                await FlushAsync(session, agent, batch);
        }
        finally
        {
            // An enumerator that is still asked for the next must not be disposed. It ends with the agent.
            if (!asking)
                await events.DisposeAsync();
        }
    }

    private async Task FlushAsync(SessionId session, LiveAgent agent, List<AgentEvent> batch)
    {
        var entries = new List<AgentReportEntry>(batch.Count);
        TurnId? turn = null;
        foreach (var e in batch)
        {
            if (e is AgentEvent.Delta or AgentEvent.ItemUpdated or AgentEvent.DiffReported)
                continue;
            if (entries.Count > 0 && TurnOf(e) != turn)
            {
                await ReportAsync(session, new SessionCommand.ReportAgent(agent.Generation, turn, entries), agent);
                entries = [];
            }

            turn = TurnOf(e);
            entries.Add(new AgentReportEntry(e, e is AgentEvent.RequestOpened ? ids.NewRequest() : null));
        }

        if (entries.Count > 0)
            await ReportAsync(session, new SessionCommand.ReportAgent(agent.Generation, turn, entries), agent);
        PublishDeltas(session, batch);
        batch.Clear();
    }

    /// <summary>Live text of items that have ended in the same batch is of no use any more: the whole text was just sent.</summary>
    private void PublishDeltas(SessionId session, List<AgentEvent> batch)
    {
        HashSet<string>? ended = null;
        foreach (var e in batch)
        {
            if (e is AgentEvent.ItemCompleted completed)
                (ended ??= []).Add(completed.Item.Id);
        }

        foreach (var e in batch)
        {
            if (e is AgentEvent.Delta { TurnTag: { } tag } delta && ended?.Contains(delta.ItemId) != true)
                hub.PublishLive(session, new TurnId(tag), delta.ItemId, delta.Kind, delta.Text);
        }
    }

    private static TurnId? TurnOf(AgentEvent e) => e.TurnTag is { } tag ? new TurnId(tag) : null;

    private async Task ReportAsync(SessionId session, SessionCommand command, LiveAgent agent)
    {
        var options = new CommandOptions(WaitForStore: true);
        var pause = PauseFirst;
        while (true)
        {
            try
            {
                var result = await log.ExecuteAsync(session, command, options, agent.Stopping);
                if (result is not CommandResult.Contended)
                    return;
            }
            catch (StoreUnavailableException e)
            {
                logger.PumpWaiting(session.Value, e.Message);
            }

            await Task.Delay(pause, timeProvider, agent.Stopping);
            pause = pause * 2 < PauseMax ? pause * 2 : PauseMax;
        }
    }
}
