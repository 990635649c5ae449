using Offstage.Bench.Servers;

namespace Offstage.Bench.Sessions;

/// <summary>From the start of the process to the first answer, and the memory at rest, beside a server that does nothing.</summary>
internal static class StartBench
{
    private const int Runs = 5;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);

    public static async Task<int> RunAsync()
    {
        var (helloMs, helloMiB) = await BestAsync(ServerUnderTest.StartHelloAsync);
        var (ms, mib) = await BestAsync(ServerUnderTest.StartOffstageAsync);
        Console.WriteLine($"{"start to ready",-20} best of {Runs} {ms,6:0} ms   aim 1000 ms   {ms / helloMs:0.0} x an empty server ({helloMs:0} ms)");
        Console.WriteLine($"{"memory at rest",-20} best of {Runs} {mib,6:0.0} MiB  aim 120 MiB   {mib / helloMiB:0.0} x an empty server ({helloMiB:0.0} MiB)");
        return 0;
    }

    private static async Task<(double Ms, double MiB)> BestAsync(Func<Task<ServerUnderTest>> startAsync)
    {
        double ms = double.MaxValue;
        double mib = double.MaxValue;
        for (int i = 0; i < Runs; i++)
        {
            await using var server = await startAsync();
            ms = Math.Min(ms, server.ReadyMs);
            await Task.Delay(Rest);
            mib = Math.Min(mib, server.ResidentMiB());
        }

        return (ms, mib);
    }
}
