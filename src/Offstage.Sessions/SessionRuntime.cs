using Microsoft.Extensions.Logging;
using Offstage.Contracts;
using Offstage.Delivery;
using Offstage.Sandboxes;
using Offstage.Sessions.Effects;
using Offstage.Sessions.EventLog;
using Offstage.Sessions.Lifecycle;
using Offstage.Sessions.Reaping;
using Offstage.Sql;

namespace Offstage.Sessions;

/// <summary>What a host needs to run sessions. The same for the server and for the simulation.</summary>
public sealed record SessionRuntimeParts
{
    public required ISessionStore Store { get; init; }

    public required ISandboxDriver Driver { get; init; }

    public required IWorkspaces Workspaces { get; init; }

    public required AgentCatalog Agents { get; init; }

    public required HostId Host { get; init; }

    public required TimeProvider TimeProvider { get; init; }

    /// <summary>For ids and jitter.</summary>
    public required Random Random { get; init; }

    public required ILoggerFactory Loggers { get; init; }

    public DeliveryOptions Delivery { get; init; } = new();

    public SweeperOptions Sweeper { get; init; } = new();

    /// <summary>Stands before what carries effects out: for a simulation that delivers twice and out of order.</summary>
    internal Func<IEffectHandler, IEffectHandler>? DecorateHandler { get; init; }

    /// <summary>How often what no row owns is looked for, and old keys are forgotten. Default 1 min.</summary>
    public TimeSpan HousekeepingInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long what agents said and nothing else describes is kept. Default 30 days.</summary>
    public TimeSpan RawEventRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long an idempotency key is remembered. Default 7 days.</summary>
    public TimeSpan KeyRetention { get; init; } = TimeSpan.FromDays(7);
}

/// <summary>
/// Sessions at work: log, delivery, sweeper, reaper, agents. Started once, after which nothing needs a client's traffic;
/// disposed once, after which no agent process is left.
/// </summary>
public sealed class SessionRuntime : IAsyncDisposable
{
    private readonly SessionRuntimeParts parts;
    private readonly ILogger<SessionRuntime> logger;
    private readonly LiveAgents agents = new();
    private readonly HostRecovery recovery;
    private readonly InProcessDelivery delivery;
    private readonly Sweeper sweeper;
    private readonly CancellationTokenSource stopping = new();
    private Task housekeeping = Task.CompletedTask;

    public SessionRuntime(SessionRuntimeParts parts)
    {
        this.parts = parts;
        logger = parts.Loggers.CreateLogger<SessionRuntime>();
        Ids = new IdSource(parts.TimeProvider, parts.Random);
        Hub = new EventHub(parts.TimeProvider);
        Log = new SessionLog(parts.Store, Hub, Ids, parts.TimeProvider);
        Events = new EventStream(parts.Store, Hub, parts.TimeProvider);
        Reaper = new SandboxReaper(parts.Store, parts.Driver, parts.Host, parts.Loggers.CreateLogger<SandboxReaper>());
        recovery = new HostRecovery(Log, parts.Store, parts.Driver, parts.Host, parts.Loggers.CreateLogger<HostRecovery>());

        var pump = new AgentPump(Log, Hub, Ids, parts.TimeProvider, parts.Loggers.CreateLogger<AgentPump>());
        var start = new AgentStartTask(
            Log, agents, pump, parts.Driver, parts.Workspaces, parts.Agents, parts.Loggers.CreateLogger<AgentStartTask>());
        var handler = new SessionEffectHandler(
            Log, parts.Store, agents, start, parts.Driver, parts.Workspaces, new ConversationText(parts.Store), parts.TimeProvider,
            parts.Loggers.CreateLogger<SessionEffectHandler>());
        delivery = new InProcessDelivery(
            parts.Store, parts.DecorateHandler?.Invoke(handler) ?? handler, parts.Delivery, parts.TimeProvider, parts.Random, parts.Loggers.CreateLogger<InProcessDelivery>());
        sweeper = new Sweeper(
            parts.Store, WakeAsync, parts.Sweeper, parts.TimeProvider, parts.Random, parts.Loggers.CreateLogger<Sweeper>());
        Log.EffectsAppended = delivery.Offer;
        Log.EffectsUnannounced = delivery.LookAgain;
        Log.WakeChanged = sweeper.Nudge;
    }

    public IdSource Ids { get; }

    public EventHub Hub { get; }

    public SessionLog Log { get; }

    public EventStream Events { get; }

    public SandboxReaper Reaper { get; }

    public IEffectDelivery Delivery => delivery;

    /// <summary>Agent processes that live in this host.</summary>
    public int LiveAgentCount => agents.Count;

    /// <summary>Tells the sessions what the last process of this host took with it, then begins to work.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached; start again.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await recovery.RunAsync(cancellationToken);
        await delivery.StartAsync(cancellationToken);
        await sweeper.StartAsync(cancellationToken);
        housekeeping = KeepHouseAsync(stopping.Token);
    }

    public async ValueTask DisposeAsync()
    {
        // Not CancelAsync: that would leave this thread, and with it a simulation.
        stopping.Cancel();
        await sweeper.DisposeAsync();
        await delivery.DisposeAsync();
        await agents.DisposeAsync();
        await housekeeping;
        stopping.Dispose();
    }

    private async Task WakeAsync(SessionId session, CancellationToken cancellationToken)
        => await Log.ReportAsync(session, new SessionCommand.Wake(), cancellationToken);

    private async Task KeepHouseAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Reaper.ReapAsync(cancellationToken);
                try
                {
                    var now = parts.TimeProvider.GetUtcNow();
                    await parts.Store.PurgeIdempotencyAsync(now - parts.KeyRetention, cancellationToken);
                    while (await parts.Store.DropRawEventsAsync(now - parts.RawEventRetention, cancellationToken) > 0)
                        cancellationToken.ThrowIfCancellationRequested();
                }
                catch (Exception e) when (e is StoreUnavailableException or StoreOutcomeUnknownException)
                {
                    logger.ReapFailed(e.Message);
                }

                await Task.Delay(parts.HousekeepingInterval, parts.TimeProvider, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }
}
