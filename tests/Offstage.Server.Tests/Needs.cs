namespace Offstage.Server.Tests;

/// <summary>What a test needs of the machine. Missing, it is skipped with its name; where all is demanded, it fails.</summary>
internal static class Needs
{
    public static void Bubblewrap() => Require(Find("bwrap") is not null, "bubblewrap (bwrap)");

    public static string Codex()
    {
        string? codex = Environment.GetEnvironmentVariable("OFFSTAGE_CODEX") is { Length: > 0 } given && File.Exists(given) ? given : FindInCache() ?? Find("codex");
        Require(codex is not null, "Codex (eng/install-codex.sh)");
        return codex!;
    }

    public static void Postgres() => Require(Offstage.Testing.PostgresServer.WhyUnavailable is null, $"PostgreSQL: {Offstage.Testing.PostgresServer.WhyUnavailable}");

    private static void Require(bool there, string what)
    {
        if (there)
            return;
        if (Environment.GetEnvironmentVariable("OFFSTAGE_TEST_REQUIRE_ALL") == "1")
            Assert.Fail($"missing: {what}");
        Assert.Skip($"missing: {what}");
    }

    private static string? FindInCache()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, ".cache", "npm", "node_modules", ".bin", "codex");
            if (File.Exists(candidate))
                return candidate;
        }

        return null;
    }

    private static string? Find(string program)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(f => Path.Combine(f, program)).FirstOrDefault(File.Exists);
}
