using Microsoft.Extensions.Logging;
using Offstage.Sql;

namespace Offstage.Server.Hosting;

/// <summary>Opens the store a server was told to use, and waits for a database server that is not up yet.</summary>
internal static class Stores
{
    private static readonly TimeSpan PauseFirst = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(2);

    public static async Task<T> WaitAsync<T>(Func<Task<T>> attempt, TimeProvider timeProvider, ILogger logger, CancellationToken cancellationToken)
    {
        var pause = PauseFirst;
        while (true)
        {
            try
            {
                return await attempt();
            }
            catch (Exception e) when (e is StoreUnavailableException or StoreOutcomeUnknownException)
            {
                logger.StoreAwaited(e.Message);
            }

            await Task.Delay(pause, timeProvider, cancellationToken);
            pause = pause * 2 < PauseMax ? pause * 2 : PauseMax;
        }
    }

    public static Task<ISessionStore> OpenAsync(ServerOptions options, HomeFolder home, CancellationToken cancellationToken)
        => options.Database is { } connection
            ? PostgresSessionStore.OpenAsync(new PostgresStoreOptions { ConnectionString = connection }, options.TimeProvider, cancellationToken)
            : SqliteSessionStore.OpenAsync(new SqliteStoreOptions { Path = home.Database }, options.TimeProvider, cancellationToken);
}
