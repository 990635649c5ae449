using System.Diagnostics;

namespace Offstage.Bench;

internal static class Measure
{
    /// <summary>Runs once to warm up, then three times; the best counts, since noise only ever slows.</summary>
    public static async Task<double> SecondsAsync(Func<Task> work)
    {
        await work();
        double best = double.MaxValue;
        for (int i = 0; i < 3; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await work();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }

    /// <summary>Median and 99th percentile of single runs, in milliseconds, after a tenth of them to warm up.</summary>
    public static async Task<(double P50Ms, double P99Ms)> LatencyAsync(int count, Func<int, Task> work)
    {
        for (int i = 0; i < count / 10; i++)
            await work(i);
        double[] ms = new double[count];
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await work((count / 10) + i);
            ms[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(ms);
        return (ms[count / 2], ms[count * 99 / 100]);
    }
}
