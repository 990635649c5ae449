using Offstage.Agents.Tests.Processes;
using Offstage.Contracts;
using Offstage.Sandboxes;

namespace Offstage.Agents.Tests;

/// <summary>An adapter with a workspace, a home and processes that are counted.</summary>
internal sealed class AgentRig : IAsyncDisposable
{
    private readonly string mark = Guid.NewGuid().ToString("N");
    private readonly List<IAgentSession> sessions = [];
    private readonly IAsyncDisposable? peer;
    private int launched;

    // Not below the temp folder: Codex has its own home refused there.
    private readonly string folder = Path.Combine(AppContext.BaseDirectory, "rigs", Guid.NewGuid().ToString("N"));

    public AgentRig(IAgentAdapter adapter, IReadOnlyDictionary<string, string> environment, IAsyncDisposable? peer = null)
    {
        Adapter = adapter;
        Environment = environment;
        this.peer = peer;
        Directory.CreateDirectory(Workspace);
        Directory.CreateDirectory(Home);
        Directory.CreateDirectory(Path.Combine(folder, "tmp"));
    }

    public IAgentAdapter Adapter { get; }

    public IReadOnlyDictionary<string, string> Environment { get; }

    public string Workspace => Path.Combine(folder, "workspace");

    public string Home => Path.Combine(folder, "home");

    public IReadOnlyList<int> Alive => PlainProcess.AliveBelow(mark);

    public AgentStart Start(AgentMode mode = AgentMode.Auto, ResumeCursor? cursor = null, Func<ProcessSpec, ProcessSpec>? change = null) => new()
    {
        LaunchAsync = (spec, cancellationToken) =>
            PlainProcess.StartAsync(
                change is null ? spec : change(spec), $"{mark}.{Interlocked.Increment(ref launched)}", Path.Combine(folder, "tmp"), cancellationToken),
        WorkspacePath = Workspace,
        HomePath = Home,
        Mode = mode,
        Environment = Environment,
        Cursor = cursor,
        Model = "scripted",
    };

    public async Task<(IAgentSession Session, AgentListener Listener)> OpenAsync(AgentStart start)
    {
        var result = await Adapter.StartAsync(start, TestContext.Current.CancellationToken);
        var started = Assert.IsType<AgentStartResult.Started>(result);
        sessions.Add(started.Session);
        return (started.Session, new AgentListener(started.Session));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var session in sessions)
            await session.DisposeAsync();
        if (peer is not null)
            await peer.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
