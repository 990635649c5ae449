using Offstage.Contracts;
using Offstage.Simulation.Tests.Checking;
using Offstage.Simulation.Tests.Mutations;
using Offstage.Simulation.Tests.Scheduling;
using Offstage.Sql;

namespace Offstage.Simulation.Tests.World;

/// <summary>Everything there is in one run. A host lives in it, dies, and is started again.</summary>
internal sealed class SimulatedWorld
{
    private static readonly TimeSpan StopMax = TimeSpan.FromMinutes(3);

    private readonly Mutation? mutation;
    private readonly List<SimulatedSubscriber> subscribers = [];
    private int hosts;
    private int people;

    public SimulatedWorld(int seed, ISessionStore store, Scheduler scheduler, Mutation? mutation)
    {
        Seed = seed;
        Scheduler = scheduler;
        this.mutation = mutation;
        Chaos = new Chaos(scheduler.Random);
        Ledger = new Ledger(this);
        Store = new SimulatedStore(store, scheduler, Chaos, Ledger);
        HostId = new IdSource(scheduler.Clock, new Random(seed)).NewHost();
    }

    public int Seed { get; }

    public Scheduler Scheduler { get; }

    public Trace Trace => Scheduler.Trace;

    public Chaos Chaos { get; }

    public Ledger Ledger { get; }

    public ISessionStore Store { get; }

    public SandboxShelf Shelf { get; } = new();

    public Conversations Conversations { get; } = new();

    public HostId HostId { get; }

    /// <summary>Null while it is down.</summary>
    public SimulatedHost? Host { get; private set; }

    public SimulationViolation? Violation { get; private set; }

    /// <summary>All is done; whoever runs may stop.</summary>
    public bool IsSettled { get; set; }

    public IReadOnlyList<SimulatedSubscriber> Subscribers => subscribers;

    public bool HasActivePeople => people > 0;

    public void Violate(string number, string what)
    {
        Trace.Add("VIOLATED", $"{number}: {what}");
        Violation ??= new SimulationViolation(number, what);
    }

    public void Begin()
    {
        StartHost();
        int count = 1 + Chaos.Next(3);
        for (int i = 1; i <= count; i++)
        {
            var person = new SimulatedPerson(this, i);
            people++;
            int actions = 3 + Chaos.Next(16);
            Scheduler.World.Start(async () =>
            {
                await person.RunAsync(actions);
                people--;
            });
        }
    }

    public void Subscribe(SessionId session)
    {
        var subscriber = new SimulatedSubscriber(this, session);
        subscribers.Add(subscriber);
        Scheduler.World.Start(subscriber.RunAsync);
    }

    public void KillHost(string why)
    {
        if (Host is not { } host)
            return;
        Trace.Add("host", $"{host.Number} dies: {why}");
        Host = null;
        host.Kill();
        Shelf.KillAll();
        Scheduler.World.Start(async () =>
        {
            await Task.Delay(Chaos.Between(0.1, 15), Scheduler.Clock);
            StartHost();
        });
    }

    /// <summary>Stops the host in good order, within bounds, and starts it again.</summary>
    public void RestartHost()
    {
        if (Host is not { IsServing: true, IsStopping: false } host)
            return;
        Trace.Add("host", $"{host.Number} is stopped");
        host.Stop(() =>
        {
            if (Shelf.All.SelectMany(s => s.Processes).FirstOrDefault(p => p.IsSpeaking) is { } left && host.Runtime.LiveAgentCount > 0)
                Violate("S9", $"process {left.Number} lives on after its host has stopped");
            if (Host == host)
                KillHost("it was stopped");
        });
        Scheduler.World.Start(async () =>
        {
            await Task.Delay(StopMax, Scheduler.Clock);
            if (Host == host)
                Violate("S9", $"host {host.Number} does not stop within {StopMax}");
        });
    }

    private void StartHost()
    {
        Host = new SimulatedHost(this, ++hosts, HostId, mutation);
        Host.Start();
    }
}
