using Offstage.Testing;

namespace Offstage.Sql.Tests;

internal static class Requires
{
    /// <summary>Skips where PostgreSQL is missing; fails where everything must be there.</summary>
    public static async Task<PostgresServer> PostgresAsync(bool ownServer = false)
    {
        if (PostgresServer.WhyUnavailable is { } reason)
        {
            if (Environment.GetEnvironmentVariable("OFFSTAGE_TEST_REQUIRE_ALL") == "1")
                Assert.Fail(reason);
            Assert.Skip(reason);
        }

        var stop = TestContext.Current.CancellationToken;
        return ownServer ? await PostgresServer.StartAsync(stop) : await PostgresServer.GetSharedAsync(stop);
    }
}
