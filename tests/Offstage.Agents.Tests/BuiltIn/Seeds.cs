using System.Globalization;

namespace Offstage.Agents.Tests.BuiltIn;

/// <summary>Runs a property with many seeds; a failure says its own, and OFFSTAGE_TEST_SEED begins with a given one.</summary>
internal static class Seeds
{
    public static void ForEach(int runs, Action<Random> check)
    {
        int first = First();
        for (int run = 0; run < runs; run++)
        {
            try
            {
                check(new Random(unchecked(first + run)));
            }
            catch (Exception broken)
            {
                Assert.Fail($"OFFSTAGE_TEST_SEED={unchecked(first + run)}: {broken}");
            }
        }
    }

    public static async Task ForEachAsync(int runs, Func<Random, Task> check)
    {
        int first = First();
        for (int run = 0; run < runs; run++)
        {
            try
            {
                await check(new Random(unchecked(first + run)));
            }
            catch (Exception broken)
            {
                Assert.Fail($"OFFSTAGE_TEST_SEED={unchecked(first + run)}: {broken}");
            }
        }
    }

    private static int First() => Environment.GetEnvironmentVariable("OFFSTAGE_TEST_SEED") is { Length: > 0 } given
        ? int.Parse(given, CultureInfo.InvariantCulture)
        : Random.Shared.Next();
}
