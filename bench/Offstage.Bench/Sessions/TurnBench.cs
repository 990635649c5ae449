using Offstage.Bench.Servers;

namespace Offstage.Bench.Sessions;

/// <summary>A turn of 20 items, from the prompt to the end that a subscriber sees; the agent is live.</summary>
internal static class TurnBench
{
    private const int Count = 500;

    public static async Task<int> RunAsync()
    {
        await using var hello = await ServerUnderTest.StartHelloAsync();
        var (empty, _) = await Measure.LatencyAsync(Count, _ => hello.PostAsync("/hello", new { text = "@items 20" }));
        await using var server = await ServerUnderTest.StartOffstageAsync();
        string session = await server.CreateSessionAsync();
        using var events = await EventReader.OpenAsync(server, session);
        var (p50, p99) = await Measure.LatencyAsync(Count, async _ =>
        {
            await server.PostAsync($"/v1/sessions/{session}/prompts", new { text = "@items 20" });
            await events.NextAsync("turn.ended");
        });
        Console.WriteLine($"{"turn of 20 items",-20} p50 {p50,7:0.000} ms  p99 {p99,7:0.000} ms  aim p50 8 ms  {p50 / empty:0.0} x an empty endpoint ({empty:0.000} ms)");
        return 0;
    }
}
