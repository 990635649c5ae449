using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Offstage.Bench.Servers;

namespace Offstage.Bench.Sessions;

/// <summary>What the server adds to an agent: on the way of a line, of a stream, and in memory.</summary>
internal static partial class AgentBench
{
    private const int Lines = FanoutBench.WarmUp + 2_000;
    private const int Deltas = 2_000;
    private const int LiveAgents = 10;

    public static async Task<int> RunAsync()
    {
        await using var server = await ServerUnderTest.StartOffstageAsync();
        string session = await server.CreateSessionAsync();
        using var events = await EventReader.OpenAsync(server, session);
        await server.PostAsync($"/v1/sessions/{session}/prompts", new { text = "@say ready" });
        await events.NextAsync("turn.ended");

        await LatencyAsync(server, session);
        await events.NextAsync("turn.ended");
        for (int round = 0; round < 3; round++)
            await StreamAsync(server, session, events);
        await MemoryAsync(server);
        return 0;
    }

    private static async Task LatencyAsync(ServerUnderTest server, string session)
    {
        using var other = ServerUnderTest.StartSelf("subscribe", server.Url.ToString(), server.Token, session, "1");
        if (await other.StandardOutput.ReadLineAsync() != "subscribed")
            throw new InvalidOperationException("The subscriber did not come up");
        await server.PostAsync($"/v1/sessions/{session}/prompts", new { text = FanoutBench.Talk(Lines, "0.0015") });
        Console.WriteLine($"{"a line's way",-20} at some 500 lines/s: {await other.StandardOutput.ReadLineAsync()}  aim p50 2 ms, p99 10 ms");
        other.StandardInput.Close();
        await other.WaitForExitAsync();
    }

    /// <summary>The agent's own time stands in what it says: from before its first line to after its last.</summary>
    private static async Task StreamAsync(ServerUnderTest server, string session, EventReader events)
    {
        string talk = $"exec {{f}}<> <(:); echo \"begin $EPOCHREALTIME\"; for i in {{1..{Deltas}}}; do echo word; read -t 0.001 -u $f; done; echo \"end $EPOCHREALTIME\"";
        await server.PostAsync($"/v1/sessions/{session}/prompts", new { text = talk });
        string output;
        do
        {
            output = JsonSerializer.Deserialize<JsonElement>((await events.NextAsync("item.completed"))["data: ".Length..])
                .GetProperty("data").GetProperty("item").GetProperty("body").GetProperty("output").GetString()!;
        }
        while (!output.Contains("begin", StringComparison.Ordinal));
        await events.NextAsync("turn.ended");
        double now = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds;
        double begin = Time(output, "begin");
        double own = Time(output, "end") - begin;
        Console.WriteLine($"{"2,000 deltas",-20} settled after {now - begin:0.000} s, the agent's own time {own:0.000} s: {(now - begin) / own:0.00} x  aim 1.1 x");
    }

    private static async Task MemoryAsync(ServerUnderTest server)
    {
        double before = server.ResidentMiB();
        for (int i = 0; i < LiveAgents; i++)
        {
            string session = await server.CreateSessionAsync();
            using var events = await EventReader.OpenAsync(server, session);
            await server.PostAsync($"/v1/sessions/{session}/prompts", new { text = "@items 200\n@delta 500" });
            await events.NextAsync("turn.ended");
        }

        Console.WriteLine($"{"10 live agents",-20} {server.ResidentMiB(),7:0.0} MiB  aim 200 MiB  (before them {before:0.0} MiB)");
    }

    private static double Time(string output, string name)
        => double.Parse(Stamp().Matches(output).First(m => m.Groups[1].Value == name).Groups[2].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(begin|end) (\d+\.\d+)")]
    private static partial Regex Stamp();
}
