using Offstage.Testing;

namespace Offstage.Server.Tests;

/// <summary>What a test needs of the machine. Missing, it is skipped with its name; where all is demanded, it fails.</summary>
internal static class Needs
{
    public static void Bubblewrap() => Require(Find("bwrap") is not null, "bubblewrap (bwrap)");

    /// <returns>Where the program is.</returns>
    public static string Agent(string name)
    {
        string? program = AgentPrograms.Find(name);
        Require(program is not null, AgentPrograms.HowToInstall(name));
        return program!;
    }

    public static void Postgres() => Require(PostgresServer.WhyUnavailable is null, $"PostgreSQL: {PostgresServer.WhyUnavailable}");

    private static void Require(bool there, string what)
    {
        if (there)
            return;
        if (Environment.GetEnvironmentVariable("OFFSTAGE_TEST_REQUIRE_ALL") == "1")
            Assert.Fail($"missing: {what}");
        Assert.Skip($"missing: {what}");
    }

    private static string? Find(string program)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(f => Path.Combine(f, program)).FirstOrDefault(File.Exists);
}
