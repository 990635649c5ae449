using Microsoft.Extensions.Logging.Abstractions;
using Offstage.Agents;
using Offstage.Client;
using Offstage.Contracts;
using Offstage.Git;
using Offstage.Processes;
using Offstage.Sandboxes;
using Offstage.Server;
using Offstage.Server.Hosting;
using Offstage.Sessions.Effects;
using Offstage.Sessions.Reaping;
using Offstage.Sql;

namespace Offstage.Doctoring;

/// <summary>Looks at everything a session needs, beside a running server or without one. Destroys nothing.</summary>
internal static class Examination
{
    private static readonly TimeSpan StoreLimit = TimeSpan.FromSeconds(10);

    public static async Task<DoctorReport> RunAsync(CommandEnvironment environment, CancellationToken cancellationToken)
    {
        using var processes = new ProcessHost();
        var driver = DriverOf(environment, processes);
        var home = Home(environment);
        var agents = await AgentsAsync(environment, processes, cancellationToken);
        var sandbox = await SandboxAsync(driver, cancellationToken);
        List<Check> checks =
        [
            home,
            await ServerAsync(environment, cancellationToken),
            await GitAsync(environment, cancellationToken),
            .. sandbox,
            .. agents,
            .. await StoreAsync(environment, driver, cancellationToken),
        ];
        bool usable = home.Status != CheckStatus.Fail && sandbox[0].Status == CheckStatus.Ok
            && agents.Any(a => a.Status == CheckStatus.Ok && a.Name != "agent script");
        return new DoctorReport(usable, checks);
    }

    private static Check Home(CommandEnvironment environment)
    {
        string folder = environment.Home;
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } parent)
            folder = parent;
        string probe = Path.Combine(folder, $".offstage-doctor-{Guid.NewGuid():N}");
        try
        {
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Check("home", CheckStatus.Fail, $"{environment.Home} cannot be written: {e.Message}", "Give it to this user, or set OFFSTAGE_HOME to a folder that can be written.");
        }

        return folder == environment.Home
            ? new Check("home", CheckStatus.Ok, environment.Home)
            : new Check("home", CheckStatus.Ok, $"{environment.Home}, which the first start makes");
    }

    private static async Task<Check> ServerAsync(CommandEnvironment environment, CancellationToken cancellationToken)
    {
        try
        {
            await using var server = await ServerLink.FindAsync(environment, cancellationToken);
            return server is not null
                ? new Check("server", CheckStatus.Ok, $"answers at {server.Api.Server.Url}")
                : new Check("server", CheckStatus.Ok, "none is running; 'offstage run' hosts one itself, 'offstage up' starts one that stays");
        }
        catch (CommandException refused)
        {
            return new Check("server", CheckStatus.Fail, refused.Message, "Start it, or unset OFFSTAGE_URL.");
        }
    }

    private static async Task<Check> GitAsync(CommandEnvironment environment, CancellationToken cancellationToken)
    {
        string? version = (await GitPerson.RunAsync(environment, environment.WorkingDirectory, ["--version"], cancellationToken))?.Trim();
        if (version is null)
            return new Check("git", CheckStatus.Fail, "git does not run", "Install git.");
        var person = await GitPerson.FindAsync(environment, cancellationToken);
        return new Check("git", CheckStatus.Ok, $"{version}; commits are by {person.Name} <{person.Email}>");
    }

    private static async Task<IReadOnlyList<Check>> SandboxAsync(ProcessSandboxDriver driver, CancellationToken cancellationToken)
    {
        var found = await driver.GetCapabilitiesAsync(cancellationToken);
        if (found.Unusable is { } why)
            return [new Check("sandbox", CheckStatus.Fail, found.Notes[0], why)];
        string notes = string.Join(' ', found.Notes.Skip(1));
        var checks = new List<Check> { new("sandbox", CheckStatus.Ok, found.Notes[0]) };
        checks.Add(new Check("sandbox network", found.IsolatesNetwork ? CheckStatus.Ok : CheckStatus.Warn, found.IsolatesNetwork ? "--network none is enforced" : "--network none is not enforced"));
        checks.Add(Limit("sandbox memory", found.LimitsMemory, notes));
        checks.Add(Limit("sandbox processes", found.LimitsProcesses, notes));
        return checks;
    }

    private static Check Limit(string name, bool enforced, string notes)
        => enforced
            ? new Check(name, CheckStatus.Ok, notes)
            : new Check(name, CheckStatus.Warn, $"not limited here: {notes}", "Run Offstage where it may make control groups (cgroup v2, delegated), for instance as a systemd user service with Delegate=yes.");

    private static async Task<IReadOnlyList<Check>> AgentsAsync(CommandEnvironment environment, ProcessHost processes, CancellationToken cancellationToken)
    {
        IReadOnlyList<AgentOffer> offers;
        try
        {
            offers = AgentOffers.Make(OptionsOf(environment), processes);
        }
        catch (AgentConfigurationException broken)
        {
            return [new Check("agents", CheckStatus.Fail, "not offered", broken.Message)];
        }

        // Each asks a program for its version: side by side.
        return await Task.WhenAll(offers.Select(async offer =>
        {
            var found = await offer.Adapter.InspectAsync(offer.Environment, cancellationToken);
            string name = $"agent {offer.Name}";
            string kind = offer.Name == offer.Adapter.Name ? "" : $", {offer.Adapter.Name}";
            if (offer.Name == "script")
                return new Check(name, CheckStatus.Ok, $"{found.Version}, without a model: for demonstrations");
            return found switch
            {
                { Unusable: { } why } => new Check(name, CheckStatus.Warn, "not usable", why),
                { SignIn: AgentSignIn.Missing } => new Check(
                    name, CheckStatus.Warn, $"{found.Version}{kind}, without a key", "Set the variable of its model's key, or name one in agents.json of the home."),
                _ => new Check(name, CheckStatus.Ok, $"{found.Version}{kind}"),
            };
        }));
    }

    private static async Task<IReadOnlyList<Check>> StoreAsync(CommandEnvironment environment, ProcessSandboxDriver driver, CancellationToken cancellationToken)
    {
        string? database = environment.Value("OFFSTAGE_DATABASE");
        string file = Path.Combine(environment.Home, "offstage.db");
        string name = database is null ? $"SQLite, {file}" : "PostgreSQL, by OFFSTAGE_DATABASE";
        if (database is null && !File.Exists(file))
            return [new Check("store", CheckStatus.Ok, $"{name}, which the first start makes")];
        try
        {
            using var limit = new CancellationTokenSource(StoreLimit, environment.TimeProvider);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
            await using var store = await OpenAsync(environment, database, file, over.Token).WaitAsync(over.Token);
            await store.PingAsync(over.Token);
            return [new Check("store", CheckStatus.Ok, name), await OrphansAsync(environment, store, driver, over.Token)];
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return [new Check("store", CheckStatus.Fail, $"{name} cannot be opened: {e.Message}", database is null ? "Look at the file, or restore it from a backup." : "Start the database, or correct OFFSTAGE_DATABASE.")];
        }
    }

    private static Task<ISessionStore> OpenAsync(CommandEnvironment environment, string? database, string file, CancellationToken cancellationToken)
        => database is null
            ? SqliteSessionStore.OpenAsync(new SqliteStoreOptions { Path = file }, environment.TimeProvider, cancellationToken)
            : PostgresSessionStore.OpenAsync(new PostgresStoreOptions { ConnectionString = database }, environment.TimeProvider, cancellationToken);

    private static async Task<Check> OrphansAsync(CommandEnvironment environment, ISessionStore store, ProcessSandboxDriver driver, CancellationToken cancellationToken)
    {
        if (FindHost(environment) is not { } host)
            return new Check("orphans", CheckStatus.Ok, "no sandboxes yet");
        var orphans = await new SandboxReaper(store, driver, host, NullLogger<SandboxReaper>.Instance).FindOrphansAsync(cancellationToken);
        return orphans.Count == 0
            ? new Check("orphans", CheckStatus.Ok, "every sandbox has an owner")
            : new Check(
                "orphans", CheckStatus.Warn, $"{orphans.Count} without an owner: {string.Join(", ", orphans.Select(o => o.Value).Order(StringComparer.Ordinal))}",
                "Nothing: the server destroys them within a minute of its start. Copy what you want to keep before.");
    }

    private static HostId? FindHost(CommandEnvironment environment)
    {
        string file = Path.Combine(environment.Home, "host-id");
        return File.Exists(file) && File.ReadAllText(file).Trim() is var text && IdSource.IsWellFormed(text, "hst_") ? new HostId(text) : null;
    }

    private static ProcessSandboxDriver DriverOf(CommandEnvironment environment, ProcessHost processes)
    {
        string root = Path.Combine(environment.Home, "sandboxes", FindHost(environment)?.Value ?? "none");
        var git = new GitOptions { CacheFolder = Path.Combine(environment.Home, "clones"), PathFolders = environment.PathFolders };
        return new ProcessSandboxDriver(
            new ProcessSandboxOptions { RootFolder = root, PathFolders = environment.PathFolders, Git = git }, processes, environment.TimeProvider);
    }

    private static ServerOptions OptionsOf(CommandEnvironment environment) => new()
    {
        Home = environment.Home,
        Person = GitPerson.Fallback(environment),
        Environment = environment.Variables,
        PathFolders = environment.PathFolders,
        TimeProvider = environment.TimeProvider,
    };
}
