using Offstage.Agents;
using Offstage.Contracts;
using Offstage.Sessions.Effects;

namespace Offstage.Server.Hosting;

/// <summary>
/// What is known of the agents: looked at from the first question on and every few minutes, so that no request waits for a program. Costs
/// no model call.
/// </summary>
public sealed class AgentHealth : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(5);

    private readonly AgentCatalog catalog;
    private readonly TimeProvider timeProvider;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task running;
    private volatile IReadOnlyDictionary<string, AgentState> known = new Dictionary<string, AgentState>();

    public AgentHealth(AgentCatalog catalog, TimeProvider timeProvider)
    {
        this.catalog = catalog;
        this.timeProvider = timeProvider;
        running = Task.Run(RunAsync);
    }

    /// <summary>In the order of choice. What has not been looked at yet is <c>checking</c>.</summary>
    public IReadOnlyList<AgentView> Views => [.. catalog.Offers.Select(View)];

    /// <summary>Looks at all of them now.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var states = await Task.WhenAll(catalog.Offers.Select(async offer => (
            offer.Name, State: new AgentState(await offer.Adapter.InspectAsync(offer.Environment, cancellationToken), timeProvider.GetUtcNow()))));
        known = states.ToDictionary(one => one.Name, one => one.State);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running;
        stopping.Dispose();
    }

    private AgentView View(AgentOffer offer)
    {
        var can = offer.Adapter.Capabilities;
        var state = known.GetValueOrDefault(offer.Name);
        string status = state switch
        {
            null => "checking",
            { Found.Unusable: not null } => "unusable",
            { Found.SignIn: AgentSignIn.Missing } => "signed_out",
            _ => "usable",
        };
        return new AgentView(
            offer.Name, offer.Adapter.Name, status, state?.Found.Version, state?.Found.Unusable, NameOf(state?.Found.SignIn), offer.DefaultModel, can.Modes,
            can.CanSteer, can.CanResume, can.CanRollBack, can.CanSwitchModel, can.TakesImages, state?.At);
    }

    private static string NameOf(AgentSignIn? signIn) => signIn switch
    {
        AgentSignIn.Present => "present",
        AgentSignIn.Missing => "missing",
        _ => "unknown",
    };

    private async Task RunAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(Every, timeProvider);
            do
            {
                await RefreshAsync(stopping.Token);
            }
            while (await timer.WaitForNextTickAsync(stopping.Token));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private sealed record AgentState(AgentInstallation Found, DateTimeOffset At);
}

/// <param name="Kind">What it is: several names may be of one kind.</param>
/// <param name="Status"><c>usable</c>, <c>signed_out</c> (installed, and there is no key or login for its model), <c>unusable</c> or <c>checking</c>.</param>
/// <param name="Unusable">Why, and how to get it; null otherwise.</param>
/// <param name="SignIn"><c>present</c>, <c>missing</c> or <c>unknown</c>: never proven, for that would cost a model call.</param>
/// <param name="CheckedAt">Null before the first look.</param>
public sealed record AgentView(
    string Name, string Kind, string Status, string? Version, string? Unusable, string SignIn, string? DefaultModel, IReadOnlyList<AgentMode> Modes,
    bool CanSteer, bool CanResume, bool CanRollBack, bool CanSwitchModel, bool TakesImages, DateTimeOffset? CheckedAt);

public sealed record AgentPage(IReadOnlyList<AgentView> Agents);
