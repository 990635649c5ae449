using System.Diagnostics;
using Offstage.Testing;

namespace Offstage.Kill.Tests.World;

/// <summary>
/// A home, a repository to work on, a database, and the server that lives on them for one life after the other. Disposed, it
/// leaves no process and no file.
/// </summary>
internal sealed class KillWorld : IAsyncDisposable
{
    private static readonly TimeSpan ReadyBound = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, string> environment;
    private TaskCompletionSource<Uri> up = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ServerProcess? server;

    private KillWorld(string folder, PostgresServer? postgres, Dictionary<string, string> environment)
    {
        Folder = folder;
        Postgres = postgres;
        this.environment = environment;
        Processes = new HomeProcesses(Home);
    }

    public string Folder { get; }

    public string Home => Path.Combine(Folder, "home");

    /// <summary>A git repository with one commit.</summary>
    public string Repository => Path.Combine(Folder, "repository");

    /// <summary>Null on SQLite.</summary>
    public PostgresServer? Postgres { get; }

    public HomeProcesses Processes { get; }

    public string Token => File.ReadAllText(Path.Combine(Home, "token")).Trim();

    public ServerProcess Server => server ?? throw new InvalidOperationException("The server was not started yet");

    /// <param name="variables">More of the server's environment.</param>
    public static async Task<KillWorld> CreateAsync(
        bool onPostgres, IReadOnlyDictionary<string, string> variables, CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("offstage-kill-").FullName;
        var postgres = onPostgres ? await PostgresServer.StartAsync(cancellationToken) : null;
        Dictionary<string, string> environment = new(variables)
        {
            ["OFFSTAGE_HOME"] = Path.Combine(folder, "home"),
            ["OFFSTAGE_PORT"] = "0",
            ["HOME"] = folder,
        };
        foreach (string name in (string[])["PATH", "DOTNET_ROOT", "TMPDIR"])
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
                environment.TryAdd(name, value);
        }

        if (postgres is not null)
            environment["OFFSTAGE_DATABASE"] = await postgres.CreateDatabaseAsync(cancellationToken);
        var world = new KillWorld(folder, postgres, environment);
        await world.RunAsync("git", "init", "-q", "-b", "main", world.Repository);
        await File.WriteAllTextAsync(Path.Combine(world.Repository, "README"), "A repository\n", cancellationToken);
        await world.RunAsync("git", "-C", world.Repository, "add", ".");
        await world.RunAsync(
            "git", "-C", world.Repository, "-c", "user.name=a", "-c", "user.email=a@b.invalid", "commit", "-q", "-m", "First");
        return world;
    }

    /// <summary>The folders of all sandboxes there are, whole or not.</summary>
    public IReadOnlyList<string> SandboxFolders()
    {
        string hosts = Path.Combine(Home, "sandboxes");
        return Directory.Exists(hosts) ? [.. Directory.GetDirectories(hosts).SelectMany(host => Directory.GetDirectories(host, "sbx_*"))] : [];
    }

    /// <summary>Where the server answers now; while it is down, where it answers next.</summary>
    public Task<Uri> UrlAsync(CancellationToken cancellationToken) => Volatile.Read(ref up).Task.WaitAsync(cancellationToken);

    /// <summary>Begins a life of the server. <see cref="AwaitReadyAsync"/> says when it serves.</summary>
    public void Launch() => server = ServerProcess.Start(environment);

    public async Task<Uri> AwaitReadyAsync()
    {
        var url = await Server.Ready.WaitAsync(ReadyBound);
        up.TrySetResult(url);
        return url;
    }

    public async Task StartServerAsync()
    {
        Launch();
        await AwaitReadyAsync();
    }

    public async Task KillServerAsync()
    {
        MarkDown();
        await Server.KillAsync();
    }

    public async Task<int> TerminateServerAsync(TimeSpan bound)
    {
        int code = await Server.TerminateAsync(bound);
        MarkDown();
        return code;
    }

    public async ValueTask DisposeAsync()
    {
        up.TrySetCanceled();
        if (server is not null)
            await server.DisposeAsync();
        await Processes.KillAllAsync();
        if (Postgres is not null)
            await Postgres.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private void MarkDown()
    {
        if (Volatile.Read(ref up).Task.IsCompletedSuccessfully)
            Volatile.Write(ref up, new(TaskCreationOptions.RunContinuationsAsynchronously));
    }

    private async Task RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false };
        start.Environment["HOME"] = Folder;
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
