namespace Offstage.Kill.Tests;

/// <summary>Skips a test where something is not installed, and fails it where all must run.</summary>
internal static class Requires
{
    public static void Installed(string? missing)
    {
        if (missing is not null && Environment.GetEnvironmentVariable("OFFSTAGE_TEST_REQUIRE_ALL") == "1")
            Assert.Fail($"OFFSTAGE_TEST_REQUIRE_ALL=1, but: {missing}");
        Assert.SkipWhen(missing is not null, missing ?? "");
    }
}
