using Microsoft.Extensions.Logging.Abstractions;
using Offstage.Contracts;
using Offstage.Delivery;
using Offstage.Sandboxes;
using Offstage.Sessions;
using Offstage.Sessions.Effects;
using Offstage.Simulation.Tests.Mutations;
using Offstage.Simulation.Tests.Scheduling;
using Offstage.Sql;

namespace Offstage.Simulation.Tests.World;

/// <summary>One life of the server process: the real runtime, on a context and with timers that die with it.</summary>
internal sealed class SimulatedHost
{
    private readonly SimulatedWorld world;
    private readonly List<Action> lostCalls = [];

    public SimulatedHost(SimulatedWorld world, int number, HostId id, Mutation? mutation)
    {
        this.world = world;
        Number = number;
        Context = new SimulationContext(world.Scheduler);
        Clock = new ProcessClock(world.Scheduler.Clock, Context);
        Runtime = new SessionRuntime(new SessionRuntimeParts
        {
            Store = mutation?.Store?.Invoke(world) ?? world.Store,
            Driver = new SimulatedDriver(world, this),
            Workspaces = new SimulatedWorkspaces(world, this),
            Agents = new AgentCatalog(
            [
                new AgentOffer(new SimulatedAgent(world, this, "alpha"), new Dictionary<string, string>()),
                new AgentOffer(new SimulatedAgent(world, this, "beta"), new Dictionary<string, string>()),
            ]),
            Host = id,
            TimeProvider = Clock,
            Random = new Random(world.Scheduler.Random.Next()),
            Loggers = NullLoggerFactory.Instance,
            Delivery = new DeliveryOptions { ConcurrencyMax = world.Chaos.Pick(64, 3, 1) },
            Sweeper = new SweeperOptions { Interval = TimeSpan.FromSeconds(30) },
            HousekeepingInterval = TimeSpan.FromMinutes(2),
            DecorateHandler = handler => new RepeatingHandler(world.Chaos, Clock, handler),
        });
        if (mutation?.Decide is { } decide)
            Runtime.Log.Decide = decide;
        Runtime.Log.EffectsAppended = Offer;
    }

    public int Number { get; }

    public SimulationContext Context { get; }

    public TimeProvider Clock { get; }

    public SessionRuntime Runtime { get; }

    /// <summary>Recovery is done.</summary>
    public bool IsServing => ServingSince is not null && !Context.IsDead;

    public DateTimeOffset? ServingSince { get; private set; }

    public bool IsStopping { get; private set; }

    public void Start()
    {
        world.Trace.Add("host", $"{Number} starts");
        Context.Start(async () =>
        {
            try
            {
                await Runtime.StartAsync(CancellationToken.None);
                ServingSince = world.Scheduler.Now;
                world.Trace.Add("host", $"{Number} serves");
            }
            catch (Exception e) when (e is StoreUnavailableException or StoreOutcomeUnknownException or SandboxException)
            {
                world.KillHost($"it cannot start: {e.Message}");
            }
        });
    }

    /// <summary>Stops in good order.</summary>
    public void Stop(Action stopped)
    {
        IsStopping = true;
        Context.Start(async () =>
        {
            try
            {
                await Runtime.DisposeAsync();
                stopped();
            }
            catch (Exception e)
            {
                world.Violate("S9", $"host {Number} fails to stop: {e}");
            }
        });
    }

    public void Kill()
    {
        Context.Kill();
        foreach (var lost in lostCalls.ToArray())
            lost();
        lostCalls.Clear();
    }

    /// <summary>A call over the network: it fails when the host dies under it.</summary>
    /// <exception cref="HostGoneException">It is not known what became of the call.</exception>
    public async Task<T> CallAsync<T>(Func<SessionRuntime, Task<T>> call)
    {
        if (!IsServing || IsStopping)
            throw new HostGoneException();
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Lost() => answer.TrySetException(new HostGoneException());
        lostCalls.Add(Lost);
        Context.Start(async () =>
        {
            try
            {
                answer.TrySetResult(await call(Runtime));
            }
            catch (Exception e)
            {
                answer.TrySetException(e);
            }
        });
        try
        {
            return await answer.Task;
        }
        finally
        {
            lostCalls.Remove(Lost);
        }
    }

    private void Offer(IReadOnlyList<OutboxEntry> effects)
    {
        var chaos = world.Chaos;
        if (chaos.Happens(chaos.OfferLost))
        {
            world.Trace.Add("host", "an offer is lost");
            return;
        }

        Runtime.Delivery.Offer(effects);
        if (!chaos.Happens(chaos.OfferRepeated))
            return;
        Context.Start(async () =>
        {
            await Task.Delay(chaos.Between(0.001, 60), Clock);
            Runtime.Delivery.Offer(effects);
        });
    }
}

internal sealed class HostGoneException() : Exception("The simulated host is gone.");

/// <summary>Delivers an effect of a lane again, or one that came before it: at least once, as a broker may.</summary>
internal sealed class RepeatingHandler(Chaos chaos, TimeProvider clock, IEffectHandler inner) : IEffectHandler
{
    private readonly Dictionary<(SessionId, string), List<OutboxEntry>> delivered = [];

    public async Task<EffectOutcome> HandleAsync(OutboxEntry effect, CancellationToken cancellationToken)
    {
        if (!delivered.TryGetValue((effect.Session, effect.Lane), out var earlier))
            delivered.Add((effect.Session, effect.Lane), earlier = []);
        if (earlier.Count > 0 && chaos.Happens(chaos.EffectRepeated))
            await RepeatAsync(earlier[chaos.Next(earlier.Count)], cancellationToken);
        earlier.Add(effect);
        var outcome = await inner.HandleAsync(effect, cancellationToken);
        if (outcome is EffectOutcome.Done && chaos.Happens(chaos.EffectRepeated))
        {
            await Task.Delay(chaos.Between(0.001, 20), clock, cancellationToken);
            await RepeatAsync(effect, cancellationToken);
        }

        return outcome;
    }

    public Task GiveUpAsync(OutboxEntry effect, string error, CancellationToken cancellationToken)
        => inner.GiveUpAsync(effect, error, cancellationToken);

    private async Task RepeatAsync(OutboxEntry effect, CancellationToken cancellationToken)
    {
        try
        {
            await inner.HandleAsync(effect, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The first delivery has had its outcome.
        }
    }
}
