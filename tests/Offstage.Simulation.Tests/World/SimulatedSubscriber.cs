using Offstage.Contracts;
using Offstage.Sessions.EventLog;
using Offstage.Sql;

namespace Offstage.Simulation.Tests.World;

/// <summary>Follows a session's events, is cut off, and goes on after the last it has seen (S7).</summary>
internal sealed class SimulatedSubscriber(SimulatedWorld world, SessionId session)
{
    public SessionId Session => session;

    public EventSequence Last { get; private set; }

    public async Task RunAsync()
    {
        while (!world.IsSettled)
        {
            if (world.Host is { } host)
            {
                using var cut = new CancellationTokenSource(world.Chaos.Between(1, world.Chaos.IsOn ? 120 : 600), world.Scheduler.Clock);
                try
                {
                    await host.CallAsync(runtime => FollowAsync(runtime.Events, cut.Token));
                }
                catch (Exception e) when (e is HostGoneException or StoreUnavailableException or OperationCanceledException)
                {
                    // It connects again.
                }
            }

            await Task.Delay(world.Chaos.Between(0.1, 20), world.Scheduler.Clock);
        }
    }

    private async Task<bool> FollowAsync(EventStream events, CancellationToken cut)
    {
        await foreach (var batch in events.FollowAsync(session, Last, wantsLive: true, cut))
        {
            foreach (var message in batch)
                See(message);
            if (world.Chaos.Happens(world.Chaos.ConnectionCut))
                return false;
        }

        return true;
    }

    private void See(StreamMessage message)
    {
        if (message.Sequence is not { } sequence)
            return;
        if (sequence != Last.Next)
            world.Violate("S7", $"a subscriber of {session} sees {sequence} after {Last}");
        var kinds = world.Ledger.Find(session)?.Kinds;
        if (kinds is null || sequence.Value > kinds.Count || kinds[(int)sequence.Value - 1] != message.Kind)
            world.Violate("S7", $"a subscriber of {session} sees {message.Kind} as {sequence}, which is not durable");
        Last = sequence;
    }
}
