namespace Offstage.Sandboxes.Tests;

/// <summary>Skips a test where something is not installed, and fails it where all must run.</summary>
internal static class Require
{
    public static async Task BubblewrapAsync(ISandboxDriver driver)
    {
        string? why = (await driver.GetCapabilitiesAsync(TestContext.Current.CancellationToken)).Unusable;
        if (why is not null && Environment.GetEnvironmentVariable("OFFSTAGE_TEST_REQUIRE_ALL") == "1")
            Assert.Fail($"OFFSTAGE_TEST_REQUIRE_ALL=1, but: {why}");
        Assert.SkipWhen(why is not null, why ?? "");
    }
}
