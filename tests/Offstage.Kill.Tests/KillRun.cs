using System.Diagnostics;
using Offstage.Kill.Tests.Checks;
using Offstage.Kill.Tests.Load;
using Offstage.Kill.Tests.World;
using Offstage.Processes;

namespace Offstage.Kill.Tests;

/// <summary>A mixed load on a server that is killed again and again, at moments drawn from a seed; then what came of it.</summary>
internal sealed class KillRun : IDisposable
{
    private const int Clients = 6;

    /// <summary>What makes a session stranded: it has work and does not go on for this long after the server is back.</summary>
    private static readonly TimeSpan GoesOnWithin = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan SettlesWithin = TimeSpan.FromSeconds(60);

    private readonly KillWorld world;
    private readonly Api api;
    private readonly Ledger ledger = new();
    private readonly Promises promises;
    private readonly Random random;
    private readonly string? codex;
    private readonly List<string> broken = [];
    private readonly List<double> startsMs = [];
    private long lastKill;

    /// <param name="codex">Codex's program; null leaves it out.</param>
    public KillRun(KillWorld world, int seed, string? codex)
    {
        this.world = world;
        this.codex = codex;
        api = new Api(world);
        promises = new Promises(world, api, ledger);
        random = new Random(seed);
    }

    public async Task<KillReport> RunAsync(int kills, CancellationToken cancellationToken)
    {
        await world.StartServerAsync();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var clients = Enumerable.Range(0, Clients).Select(n => new LoadClient(
            world, api, ledger, codex is not null && n == 0 ? "codex" : "script", codex?.StartsWith("/tmp/", StringComparison.Ordinal) == true, $"c{n}", new Random(random.Next())).RunAsync(ending.Token, cancellationToken)).ToList();

        int databaseKills = 0;
        for (int kill = 1; kill <= kills; kill++)
        {
            // The moment of the kill is the point of the test; it is drawn, not waited for.
            await Task.Delay(random.Next(100, 2_000), cancellationToken);
            bool withDatabase = world.Postgres is not null && random.Next(5) == 0;
            databaseKills += withDatabase ? 1 : 0;
            var before = await KillAsync(withDatabase, cancellationToken);
            world.Launch();
            if (kill < kills && random.Next(8) == 0)
            {
                // A server that is killed while it starts must be able to start again.
                await Task.Delay(random.Next(50, 1_000), cancellationToken);
                kill++;
                before = [.. before, .. await KillAsync(false, cancellationToken)];
                world.Launch();
            }

            await world.AwaitReadyAsync();
            startsMs.Add(Stopwatch.GetElapsedTime(lastKill).TotalMilliseconds);
            await CheckAfterKillAsync(before, cancellationToken);
            if (clients.FirstOrDefault(c => c.IsFaulted) is { } faulted)
                await faulted;
        }

        await ending.CancelAsync();
        await Task.WhenAll(clients);
        await SettleAsync(cancellationToken);
        return Report(kills, databaseKills);
    }

    public void Dispose() => api.Dispose();

    /// <returns>What ran when the server died.</returns>
    private async Task<IReadOnlyList<ProcessEntry>> KillAsync(bool withDatabase, CancellationToken cancellationToken)
    {
        int server = world.Server.Pid;
        var running = world.Processes.Find(server);
        if (withDatabase)
            await world.Postgres!.KillAsync(cancellationToken);
        foreach (var session in ledger.Sessions)
            session.Watch.MarkKilled();
        await world.KillServerAsync();
        lastKill = Stopwatch.GetTimestamp();
        if (withDatabase)
            await world.Postgres!.StartAgainAsync(cancellationToken);
        return [.. running, .. world.Processes.Find(server)];
    }

    private async Task CheckAfterKillAsync(IReadOnlyList<ProcessEntry> before, CancellationToken cancellationToken)
    {
        foreach (var process in await HomeProcesses.AwaitGoneAsync(before, TimeSpan.FromSeconds(2)))
            broken.Add($"K5: a process of an earlier life is still there: {HomeProcesses.Describe(process)}");
        broken.AddRange(await promises.CheckAcceptedAsync(cancellationToken));
        broken.AddRange(await promises.CheckAtWorkAsync(settled: false, cancellationToken));
        foreach (var session in ledger.Sessions.Where(s => s.Watch.IsOwing && Stopwatch.GetElapsedTime(lastKill) > GoesOnWithin))
            broken.Add($"K4: {session.Id} had work and did not go on within {GoesOnWithin}");
    }

    /// <summary>The load is over: everything comes to rest by itself, then every promise is looked at.</summary>
    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < SettlesWithin
            && (ledger.Sessions.Any(s => s.Watch.IsOwing || s.Watch.HasWork || (s.IsDeleted && !s.Watch.IsOver))
                || (await promises.CheckAtWorkAsync(settled: true, cancellationToken)).Count > 0
                || (await promises.CheckOwnersAsync(cancellationToken)).Count > 0))
            await Task.Delay(100, cancellationToken);

        foreach (var session in ledger.Sessions.Where(s => s.Watch.IsOwing || s.Watch.HasWork))
            broken.Add($"K4: {session.Id} had work and did not go on after its event {session.Watch.Last}");
        broken.AddRange(await promises.CheckAtWorkAsync(settled: true, cancellationToken));
        broken.AddRange(await promises.CheckOwnersAsync(cancellationToken));
        foreach (var session in ledger.Sessions.Where(s => !s.IsDeleted))
        {
            long all = (await api.ReadEventsAsync(session.Id, cancellationToken))?.Count ?? 0;
            await session.Watch.FindAsync(e => e.GetProperty("sequence").GetInt64() >= all, TimeSpan.FromSeconds(5), cancellationToken);
        }

        broken.AddRange(await promises.CheckSessionsAsync(cancellationToken));
        await Task.WhenAll(ledger.Sessions.Select(s => s.Subscriber.EndAsync()));
    }

    private KillReport Report(int kills, int databaseKills) => new(
        kills,
        databaseKills,
        ledger.Sessions.Count,
        ledger.Sessions.Sum(s => s.Prompts.Count),
        api.Lost,
        [.. startsMs.Order()],
        [.. ledger.Sessions.SelectMany(s => s.Watch.RecoveriesMs).Order()],
        [.. broken.Distinct()]);
}

/// <param name="StartsMs">From a kill to a server that is ready, sorted.</param>
/// <param name="RecoveriesMs">From a kill to the next event of each session that had work, sorted.</param>
/// <param name="Broken">Each promise that was broken, by its number.</param>
internal sealed record KillReport(
    int Kills, int DatabaseKills, int Sessions, int Prompts, long LostAnswers, IReadOnlyList<double> StartsMs, IReadOnlyList<double> RecoveriesMs, IReadOnlyList<string> Broken)
{
    public double PercentileMs(int percent) => RecoveriesMs.Count == 0 ? 0 : RecoveriesMs[(RecoveriesMs.Count - 1) * percent / 100];

    public override string ToString()
        => $"{Kills} kills ({DatabaseKills} with the database), {Sessions} sessions, {Prompts} prompts accepted, {LostAnswers} answers lost; "
            + $"stranded or broken: {Broken.Count}; kill to next event, {RecoveriesMs.Count} times: p50 {PercentileMs(50):0} ms, p99 {PercentileMs(99):0} ms"
            + $"; of it until the server is ready: median {(StartsMs.Count == 0 ? 0 : StartsMs[StartsMs.Count / 2]):0} ms"
            + string.Concat(Broken.Select(line => $"\n  {line}"));
}
