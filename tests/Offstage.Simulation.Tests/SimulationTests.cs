using System.Diagnostics;
using System.Globalization;

namespace Offstage.Simulation.Tests;

/// <summary>The promises, in thousands of worlds that fail. How to run one of them alone: README.md.</summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int LinesOfOneSeed = 100_000;

    [Fact]
    public void The_first_half_of_the_seeds_keeps_every_promise() => RunHalf(0);

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            var first = Simulation.Run(seed);
            var second = Simulation.Run(seed);
            Assert.Equal((first.Hash, first.Steps, first.Violation), (second.Hash, second.Steps, second.Violation));
        }
    }

    internal static void RunHalf(int half, ITestOutputHelper output)
    {
        if (Environment.GetEnvironmentVariable("OFFSTAGE_SIM_SEED") is { Length: > 0 } one)
        {
            if (half == 0)
                RunOne(int.Parse(one, CultureInfo.InvariantCulture), output);
            return;
        }

        var watch = Stopwatch.StartNew();
        var broken = new List<SimulationResult>();
        long steps = 0;
        int seeds = 0;
        for (int seed = 1 + half; seed <= SeedCount; seed += 2)
        {
            var result = Simulation.Run(seed);
            steps += result.Steps;
            seeds++;
            if (result.Violation is not null)
                broken.Add(result);
        }

        output.WriteLine($"{seeds} seeds, {steps} steps, {watch.Elapsed.TotalSeconds:F1} s; broken: {broken.Count}");
        foreach (var group in broken.GroupBy(r => r.Violation!.Number))
            output.WriteLine($"{group.Key}: {group.Count()}, seeds {string.Join(", ", group.Take(10).Select(r => r.Seed))}");
        if (broken.Count > 0)
            Assert.Fail(broken[0].Report);
    }

    private static int SeedCount
        => int.TryParse(Environment.GetEnvironmentVariable("OFFSTAGE_SIM_SEEDS"), CultureInfo.InvariantCulture, out int count) ? count : 2000;

    private static void RunOne(int seed, ITestOutputHelper output)
    {
        var result = Simulation.Run(seed, traceLines: LinesOfOneSeed);
        output.WriteLine(result.Trace);
        output.WriteLine($"seed {seed}: {result.Steps} steps, hash {result.Hash:x16}, {result.Violation?.ToString() ?? "every promise kept"}");
        if (result.Violation is not null)
            Assert.Fail(result.Report);
    }

    private void RunHalf(int half) => RunHalf(half, output);
}

/// <summary>Beside the first half, on a second thread.</summary>
public sealed class SimulationOfOtherSeedsTests(ITestOutputHelper output)
{
    [Fact]
    public void The_second_half_of_the_seeds_keeps_every_promise() => SimulationTests.RunHalf(1, output);
}
