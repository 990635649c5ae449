using System.Net;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Offstage.Contracts;
using Offstage.Git;
using Offstage.Processes;
using Offstage.Sandboxes;
using Offstage.Server.Hosting;
using Offstage.Server.Http;
using Offstage.Sessions;
using Offstage.Sessions.Api;
using Offstage.Sessions.Effects;
using Offstage.Sql;

namespace Offstage.Server;

/// <summary>One running server: store, sessions, HTTP. Composed here and nowhere else.</summary>
public sealed class OffstageServer : IAsyncDisposable
{
    private const int BodyBytesMax = RequestInput.LargeBodyBytesMax;

    private static readonly string[] RemoteVariables = ["HOME", "SSH_AUTH_SOCK", "https_proxy", "http_proxy", "no_proxy"];

    private readonly HomeFolder home;
    private readonly ServerLogs logs;
    private readonly ProcessHost processes;
    private readonly ISessionStore store;
    private readonly SessionRuntime runtime;
    private readonly WebApplication application;

    private OffstageServer(
        HomeFolder home, ServerLogs logs, ProcessHost processes, ISessionStore store, SessionRuntime runtime, WebApplication application, string token)
    {
        this.home = home;
        this.logs = logs;
        this.processes = processes;
        this.store = store;
        this.runtime = runtime;
        this.application = application;
        Token = token;
    }

    public string Token { get; }

    /// <summary>Where it listens.</summary>
    public Uri Url { get; private set; } = new("http://127.0.0.1");

    public SessionRuntime Runtime => runtime;

    /// <summary>Completes when the server was told to stop.</summary>
    public Task Stopped => application.WaitForShutdownAsync();

    /// <summary>Takes the home, opens the store, recovers, listens. Waits for a database that is not up yet.</summary>
    /// <exception cref="HomeInUseException">Another server holds the home.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<OffstageServer> StartAsync(ServerOptions options, CancellationToken cancellationToken)
    {
        // Pipes of children are read by threads of the pool, each for as long as nothing comes.
        ThreadPool.SetMinThreads(64, 16);

        var home = HomeFolder.TryHold(options.Home) ?? throw new HomeInUseException(options.Home);
        var logs = new ServerLogs(home.Logs, options.Quiet);
        var processes = new ProcessHost(home.Mark);
        ISessionStore? store = null;
        SessionRuntime? runtime = null;
        try
        {
            var logger = logs.Factory.CreateLogger<OffstageServer>();
            if (await home.Mark.EndLeftBehindAsync(processes, cancellationToken) is var left and > 0)
                logger.ProcessesEnded(left);
            store = await Stores.WaitAsync(() => Stores.OpenAsync(options, home, cancellationToken), options.TimeProvider, logger, cancellationToken);
            var host = await Stores.WaitAsync(() => HostOfAsync(home, store, options, logger, cancellationToken), options.TimeProvider, logger, cancellationToken);
            var offers = AgentOffers.Make(options, processes);
            var parts = Compose(options, home, host, store, processes, offers, logs.Factory);
            runtime = new SessionRuntime(parts);
            await Stores.WaitAsync(
                async () =>
                {
                    await runtime.StartAsync(cancellationToken);
                    return true;
                },
                options.TimeProvider, logger, cancellationToken);

            string token = home.EnsureToken();
            var defaults = new SessionDefaults
            {
                Host = host,
                Agent = options.DefaultAgent ?? await AgentOffers.FindDefaultAsync(offers, cancellationToken),
                Person = options.Person,
                Limits = options.Limits,
            };
            var server = new OffstageServer(home, logs, processes, store, runtime, Build(options, parts, runtime, defaults, token, logs), token);
            await server.ListenAsync(cancellationToken);
            return server;
        }
        catch
        {
            if (runtime is not null)
                await runtime.DisposeAsync();
            if (store is not null)
                await store.DisposeAsync();
            processes.Dispose();
            logs.Dispose();
            home.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Streams are told to end; their clients come back to whoever serves next.
        await application.StopAsync();
        await application.DisposeAsync();
        await runtime.DisposeAsync();
        await store.DisposeAsync();
        processes.Dispose();
        logs.Dispose();
        home.Dispose();
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await application.StartAsync(cancellationToken);
        var addresses = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Url = new Uri(addresses.First());
        home.Announce(Url.ToString().TrimEnd('/'));
    }

    private static async Task<HostId> HostOfAsync(
        HomeFolder home, ISessionStore store, ServerOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        var ids = new IdSource(options.TimeProvider, Random.Shared);
        var host = home.EnsureHost(ids);
        bool hasSandboxes = Directory.Exists(home.SandboxesOf(host)) && Directory.EnumerateFileSystemEntries(home.SandboxesOf(host)).Any();
        var any = await store.ListSessionsAsync(new SessionFilter([], null, null, null, 1), cancellationToken);
        var owned = await store.ListSandboxesAsync(host, cancellationToken);
        if (!hasSandboxes || any.Count > 0 || owned.Count > 0)
            return host;
        var renewed = home.RenewHost(ids);
        logger.HostRenewed(host.Value, renewed.Value);
        return renewed;
    }

    private static SessionRuntimeParts Compose(
        ServerOptions options, HomeFolder home, HostId host, ISessionStore store, ProcessHost processes, IReadOnlyList<AgentOffer> offers, ILoggerFactory loggers)
    {
        var git = new GitOptions { CacheFolder = home.Clones, PathFolders = options.PathFolders, RemoteEnvironment = RemoteEnvironment(options) };
        var driver = new ProcessSandboxDriver(
            new ProcessSandboxOptions { RootFolder = home.SandboxesOf(host), PathFolders = options.PathFolders, Git = git }, processes, options.TimeProvider);
        var command = new GitCommand(git, new ProcessRunner(processes, options.TimeProvider), options.TimeProvider);
        var repositories = new RepositoryStore(command);
        var workspaces = new GitWorkspaces(
            driver.FindWorktree, new CheckpointStore(command), new BranchCommitter(command, repositories), repositories, new WorktreeStore(command, repositories));
        return new SessionRuntimeParts
        {
            Store = store,
            Driver = driver,
            Workspaces = workspaces,
            Agents = new AgentCatalog(offers),
            Host = host,
            TimeProvider = options.TimeProvider,
            Random = Random.Shared,
            Loggers = loggers,
            RawEventRetention = options.RawEventRetention,
        };
    }

    /// <summary>What git needs to reach a remote in a person's name, and only then.</summary>
    private static Dictionary<string, string> RemoteEnvironment(ServerOptions options)
        => RemoteVariables
            .Where(options.Environment.ContainsKey)
            .ToDictionary(name => name, name => options.Environment[name]);

    private static WebApplication Build(
        ServerOptions options, SessionRuntimeParts parts, SessionRuntime runtime, SessionDefaults defaults, string token, ServerLogs logs)
    {
        var builder = WebApplication.CreateSlimBuilder();
        logs.AddTo(builder.Logging);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
            kestrel.Limits.MaxConcurrentConnections = 20_000;
            kestrel.Limits.MaxConcurrentUpgradedConnections = 10_000;
            kestrel.Listen(IPAddress.Parse(options.Host == "localhost" ? "127.0.0.1" : options.Host), options.Port);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(3));
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(1, ServerJson.Default);
        });
        // What a signal means is for whoever hosts the server to say: in `offstage run` the first Ctrl-C stops a turn, not this.
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.AddOpenApi();
        builder.Services.AddSingleton(new AccessPolicy(token, options.Host));
        builder.Services.AddSingleton(options.TimeProvider);
        builder.Services.AddSingleton(parts.Store);
        builder.Services.AddSingleton(parts.Agents);
        builder.Services.AddSingleton(services => new AgentHealth(parts.Agents, options.TimeProvider));
        builder.Services.AddSingleton(parts.Workspaces);
        builder.Services.AddSingleton(runtime);
        builder.Services.AddSingleton(runtime.Delivery);
        builder.Services.AddSingleton(runtime.Events);
        builder.Services.AddSingleton(new SessionHistory(parts.Store));
        builder.Services.AddSingleton(new SiblingComparison(runtime.Log, parts.Driver, parts.Workspaces));
        builder.Services.AddSingleton(new SessionOperations(runtime.Log, parts.Store, parts.Agents, runtime.Ids, options.TimeProvider, defaults));
        builder.Services.AddSingleton(services => new ServerStopping(services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping));

        var app = builder.Build();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseMiddleware<AccessMiddleware>();
        app.UseWebSockets();
        app.MapOpenApi("/openapi/v1.json");
        app.MapSessionsApi();
        OperationEndpoints.Map(app);
        return app;
    }

    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>Another process serves this home.</summary>
public sealed class HomeInUseException(string home) : Exception($"Another Offstage server holds {home}. Use it, stop it, or choose another OFFSTAGE_HOME.");
