using Offstage.Testing;

namespace Offstage.Agents.Tests;

/// <summary>What a test needs of the machine. Missing, it is skipped with its name; where all is demanded, it fails.</summary>
internal static class Requires
{
    /// <returns>Where the program is.</returns>
    public static string Agent(string name)
    {
        if (AgentPrograms.Find(name) is { } program)
            return program;
        Missing(AgentPrograms.HowToInstall(name));
        return "";
    }

    public static void Missing(string what)
    {
        string reason = $"missing: {what}";
        if (Environment.GetEnvironmentVariable("OFFSTAGE_TEST_REQUIRE_ALL") == "1")
            Assert.Fail(reason);
        Assert.Skip(reason);
    }
}
