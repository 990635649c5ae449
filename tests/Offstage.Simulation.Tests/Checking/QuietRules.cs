using Offstage.Sessions.Lifecycle;
using Offstage.Simulation.Tests.World;

namespace Offstage.Simulation.Tests.Checking;

/// <summary>What must hold whenever all that can run has run and time is about to pass.</summary>
internal static class QuietRules
{
    /// <summary>How long something may take to be noticed while the host serves: outages, slow commits and pauses between attempts included.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(4);

    private static readonly TimeSpan OverdueMax = TimeSpan.FromMinutes(8);

    public static void Check(SimulatedWorld world)
    {
        var now = world.Scheduler.Now;
        var serving = world.Host is { IsServing: true } host ? host.ServingSince : (DateTimeOffset?)null;
        foreach (var book in world.Ledger.Sessions)
        {
            if (!book.Exists)
                continue;
            CheckHollow(world, book, serving, now);
            CheckLeftovers(world, book);
            if (serving is { } since && book.State!.WakeAt is { } due && now - Later(due, since) > OverdueMax)
                world.Violate("S5", $"{book.Session} is {book.State.Status.Name}, its deadline {due:HH:mm:ss} has passed, and nobody has woken it");
        }

        CheckRestReports(world, serving, now);
    }

    /// <summary>S2: what counts on an agent has one.</summary>
    private static void CheckHollow(SimulatedWorld world, SessionLedger book, DateTimeOffset? serving, DateTimeOffset now)
    {
        var state = book.State!;
        bool counts = serving is not null && state.Agent is AgentHold.Live && state.Status is SessionStatus.Running or SessionStatus.AwaitingInput;
        bool hollow = counts && world.Shelf.All.FirstOrDefault(s => s.Id == state.Sandbox.Sandbox)?.Processes.Any(p => p.IsSpeaking) != true;
        if (!hollow)
        {
            book.HollowSince = null;
            return;
        }

        book.HollowSince ??= now;
        if (now - Later(book.HollowSince.Value, serving!.Value) > Bound)
            world.Violate("S2", $"{book.Session} is {state.Status.Name} since {state.Status.Since:HH:mm:ss} with agent {state.Agent.Generation}, which nobody runs");
    }

    /// <summary>S9: where all is said to be stopped and nothing is to be done any more, nothing runs.</summary>
    private static void CheckLeftovers(SimulatedWorld world, SessionLedger book)
    {
        var state = book.State!;
        if (state.Agent is not AgentHold.None || state.Sandbox is not (SandboxHold.None or SandboxHold.Stopped) || world.Ledger.IsPending(book.Session))
            return;
        foreach (var sandbox in world.Shelf.All)
        {
            if (sandbox.Session == book.Session && sandbox.Processes.Count > 0 && !world.Ledger.IsDead(book.Session))
                world.Violate("S9", $"{book.Session} is {state.Status.Name}, and process {sandbox.Processes[0].Number} lives on in {sandbox.Id}");
        }
    }

    /// <summary>S3: an agent that rests has no active turn.</summary>
    private static void CheckRestReports(SimulatedWorld world, DateTimeOffset? serving, DateTimeOffset now)
    {
        var reports = world.Ledger.RestReports;
        for (int i = reports.Count - 1; i >= 0; i--)
        {
            var (process, turn, report, at) = reports[i];
            var book = world.Ledger.Find(process.Sandbox.Session);
            if (!process.IsSpeaking || book?.OpenTurn?.Turn != turn || book.State!.Status is SessionStatus.Provisioning)
                reports.RemoveAt(i);
            else if (serving is { } since && now - Later(at, since) > Bound)
                world.Violate("S3", $"process {process.Number} has reported {report}, and {turn} is still active in {book.State.Status.Name}");
        }
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
