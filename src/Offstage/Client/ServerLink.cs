using Offstage.Contracts;
using Offstage.Server;

namespace Offstage.Client;

/// <summary>A server to talk to: the one that holds the home or was named, or one of this command's own.</summary>
internal sealed class ServerLink : IAsyncDisposable
{
    private static readonly TimeSpan HealthLimit = TimeSpan.FromSeconds(2);

    /// <summary>How long a server that holds the home may take until it answers.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(8);

    private readonly OffstageServer? own;
    private readonly CommandEnvironment environment;

    private ServerLink(ApiClient api, OffstageServer? own, CommandEnvironment environment)
    {
        Api = api;
        this.own = own;
        this.environment = environment;
    }

    public ApiClient Api { get; }

    /// <summary>The server ends with this command.</summary>
    public bool IsOwn => own is not null;

    /// <summary>Finds the running server; where there is none, hosts one on a free loopback port until this is disposed.</summary>
    /// <param name="agent">The agent that is going to be named anyway; null has the server look for one.</param>
    public static async Task<ServerLink> OpenAsync(CommandEnvironment environment, string? agent, CancellationToken cancellationToken)
    {
        long begun = environment.TimeProvider.GetTimestamp();
        while (true)
        {
            if (await FindAsync(environment, cancellationToken) is { } running)
                return running;
            try
            {
                return await HostAsync(environment, agent, cancellationToken);
            }
            catch (HomeInUseException inUse)
            {
                // Its holder is starting or stopping: it will answer, or let go.
                if (environment.TimeProvider.GetElapsedTime(begun) > StartLimit)
                    throw new CommandException("home_in_use", inUse.Message);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), environment.TimeProvider, cancellationToken);
        }
    }

    /// <returns>Null when no server holds the home, or it does not answer.</returns>
    /// <exception cref="CommandException">A server was named and does not answer.</exception>
    public static async Task<ServerLink?> FindAsync(CommandEnvironment environment, CancellationToken cancellationToken)
    {
        var named = environment.NamedServer();
        if ((named ?? ServerAddress.Read(environment.Home)) is not { } address)
            return null;
        var api = new ApiClient(address, () => named ?? ServerAddress.Read(environment.Home), environment.TimeProvider);
        if (await api.IsHealthyAsync(HealthLimit, cancellationToken))
            return new ServerLink(api, null, environment);
        api.Dispose();
        return named is null
            ? null
            : throw new CommandException("server_unreachable", $"There is no Offstage server at {address.Url}, which OFFSTAGE_URL names.");
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        if (own is null)
            return;
        try
        {
            await own.DisposeAsync().AsTask().WaitAsync(StopLimit, environment.TimeProvider);
        }
        catch (TimeoutException)
        {
            // The end of this process ends what is left: sandboxes do not outlive the one that holds them.
        }
    }

    private static async Task<ServerLink> HostAsync(CommandEnvironment environment, string? agent, CancellationToken cancellationToken)
    {
        var server = await OffstageServer.StartAsync(
            new ServerOptions
            {
                Home = environment.Home,
                Port = 0,
                Database = environment.Value("OFFSTAGE_DATABASE"),
                DefaultAgent = agent,
                Person = GitPerson.Fallback(environment),
                Environment = environment.Variables,
                PathFolders = environment.PathFolders,
                TimeProvider = environment.TimeProvider,
                Quiet = true,
            },
            cancellationToken);
        return new ServerLink(new ApiClient(new ServerAddress(server.Url, server.Token), () => null, environment.TimeProvider), server, environment);
    }
}
