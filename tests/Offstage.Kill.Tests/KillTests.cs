using Offstage.Kill.Tests.World;
using Offstage.ModelServer;
using Offstage.Testing;

namespace Offstage.Kill.Tests;

/// <summary>The long one. <c>OFFSTAGE_KILLS</c> says how many kills per store, <c>OFFSTAGE_SEED</c> repeats a run.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int KillsDefault = 25;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_is_killed_again_and_again_strands_nothing(bool onPostgres)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        string? only = Environment.GetEnvironmentVariable("OFFSTAGE_STORE");
        Assert.SkipWhen(only is not null && only == "sqlite" == onPostgres, $"OFFSTAGE_STORE={only}");
        if (onPostgres)
            Requires.Installed(PostgresServer.WhyUnavailable);
        int kills = Number("OFFSTAGE_KILLS", KillsDefault);
        int seed = Number("OFFSTAGE_SEED", Random.Shared.Next());
        string? codex = AgentPrograms.Find("codex");
        await using var model = await FakeModelServer.StartAsync();
        Dictionary<string, string> variables = [];
        if (codex is not null)
        {
            variables["OFFSTAGE_CODEX"] = codex;
            variables["OPENAI_BASE_URL"] = model.BaseUrl;
            variables["OPENAI_API_KEY"] = "stub";
        }

        Say($"{(onPostgres ? "PostgreSQL" : "SQLite")}: seed {seed}, Codex {(codex is null ? "left out: it is not installed" : "in part")}");
        await using var world = await KillWorld.CreateAsync(onPostgres, variables, cancellationToken);
        using var run = new KillRun(world, seed, codex);
        var report = await run.RunAsync(kills, cancellationToken);
        Assert.True(report.Broken.Count == 0, $"Seed {seed}: {report}");
        Say($"{(onPostgres ? "PostgreSQL" : "SQLite")}: {report}");
    }

    private void Say(string line)
    {
        output.WriteLine(line);
        Console.WriteLine(line);
    }

    private static int Number(string name, int fallback)
        => int.TryParse(Environment.GetEnvironmentVariable(name), out int number) ? number : fallback;
}
