using System.Text.Json;
using Offstage.Kill.Tests.Checks;
using Offstage.Kill.Tests.Load;
using Offstage.Kill.Tests.World;
using Offstage.Processes;

namespace Offstage.Kill.Tests;

/// <summary>A server, its sessions with one subscriber each, and what ran when it was killed.</summary>
internal sealed class CrashTest : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly Ledger ledger = new();
    private readonly CancellationToken cancellationToken;
    private IReadOnlyList<ProcessEntry> before = [];

    private CrashTest(KillWorld world, CancellationToken cancellationToken)
    {
        World = world;
        this.cancellationToken = cancellationToken;
        Api = new Api(world);
        Promises = new Promises(world, Api, ledger);
    }

    public KillWorld World { get; }

    public Api Api { get; }

    public Promises Promises { get; }

    public static async Task<CrashTest> StartAsync(CancellationToken cancellationToken, Dictionary<string, string>? variables = null)
    {
        var world = await KillWorld.CreateAsync(onPostgres: false, variables ?? [], cancellationToken);
        var test = new CrashTest(world, cancellationToken);
        await world.StartServerAsync();
        return test;
    }

    public async Task<SessionWatch> CreateAsync(
        object workspace, string agent = "script", string isolation = "process", string onAgentLost = "end", int attempts = 3)
    {
        var limits = new { stopTimeoutMs = 1000, provisionAttemptsMax = attempts, onAgentLost };
        var answer = await Api.PostAsync("/v1/sessions", new { workspace, agent, limits, sandbox = new { isolation } }, null, cancellationToken);
        Assert.True(answer.Status == 201, $"{answer.Status} {answer.Body}");
        string id = answer.Body.GetProperty("id").GetString()!;
        var record = new SessionRecord(id, agent, new Subscriber(World, Api, id, bySocket: false));
        ledger.Add(record);
        return record.Watch;
    }

    public async Task AskAsync(SessionWatch session, string text)
    {
        var answer = await Api.PostAsync($"/v1/sessions/{session.Session}/prompts", new { text }, null, cancellationToken);
        Assert.True(answer.Status == 202, $"{answer.Status} {answer.Body}");
    }

    public async Task KillAsync()
    {
        int server = World.Server.Pid;
        before = World.Processes.Find(server);
        await World.KillServerAsync();
    }

    /// <returns>The outcome of the session's n-th turn: its type, and the reason where it has one.</returns>
    public async Task<string> AwaitEndAsync(SessionWatch session, int turn)
    {
        int ends = 0;
        long counted = 0;
        var ended = await session.FindAsync(
            e =>
            {
                long sequence = e.GetProperty("sequence").GetInt64();
                ends = sequence <= counted ? 0 : ends;
                counted = sequence;
                return e.GetProperty("kind").GetString() == "turn.ended" && ++ends == turn;
            },
            Bound, cancellationToken);
        Assert.True(ended is not null, $"Turn {turn} of {session.Session} did not end within {Bound}:\n{string.Join('\n', session.Events)}\n{World.Server.Log}");
        var outcome = ended.Value.GetProperty("data").GetProperty("outcome");
        string type = outcome.GetProperty("type").GetString()!;
        return outcome.TryGetProperty("reason", out var reason) ? $"{type} {reason.GetString()}" : type;
    }

    /// <summary>K5: a server that serves has ended what its last life left.</summary>
    public async Task RequireEarlierLifeGoneAsync()
        => Assert.Empty((await HomeProcesses.AwaitGoneAsync(before, TimeSpan.FromSeconds(1))).Select(HomeProcesses.Describe));

    /// <summary>K4 to K7, after what runs has come to rest.</summary>
    public async Task RequireNothingStrandedAsync()
    {
        await RequireEarlierLifeGoneAsync();
        Assert.Empty(await Promises.CheckAtWorkAsync(settled: true, cancellationToken));
        await AwaitKeptAsync(() => Promises.CheckOwnersAsync(cancellationToken));
        await AwaitKeptAsync(() => Promises.CheckSessionsAsync(cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        // The subscribers first: they wait for a server that will not come back.
        await Task.WhenAll(ledger.Sessions.Select(s => s.Subscriber.EndAsync()));
        Api.Dispose();
        await World.DisposeAsync();
    }

    /// <summary>What follows the end of a turn, a checkpoint or the end of a sandbox, may still be under way.</summary>
    private async Task AwaitKeptAsync(Func<Task<IReadOnlyList<string>>> check)
    {
        long deadline = Environment.TickCount64 + (long)Bound.TotalMilliseconds;
        IReadOnlyList<string> broken;
        while ((broken = await check()).Count > 0 && Environment.TickCount64 < deadline)
            await Task.Delay(50, cancellationToken);
        Assert.Empty(broken);
    }
}
