using Offstage.Bench.Servers;

namespace Offstage.Bench.Sessions;

/// <summary>
/// One session, live text at 100 deltas a second, many subscribers. The time stands in the text, written by the command that
/// the agent runs, so that the whole way counts: pipe, agent, server, socket.
/// </summary>
internal static class FanoutBench
{
    /// <summary>Not counted: a fresh server still compiles its code.</summary>
    public const int WarmUp = 400;

    private const int Deltas = WarmUp + 1_000;

    /// <summary>A builtin writes the time and a builtin waits: a process per line would be measured instead.</summary>
    public static string Talk(int lines, string pauseSeconds)
        => $"exec {{f}}<> <(:); for i in {{1..{lines}}}; do echo \"at $EPOCHREALTIME\"; read -t {pauseSeconds} -u $f; done";

    public static async Task<int> RunAsync()
    {
        foreach (int subscribers in (int[])[1, 100, 1_000])
        {
            await using var server = await ServerUnderTest.StartOffstageAsync();
            string session = await server.CreateSessionAsync();
            using var events = await EventReader.OpenAsync(server, session);
            await server.PostAsync($"/v1/sessions/{session}/prompts", new { text = "@say ready" });
            await events.NextAsync("turn.ended");
            using var other = ServerUnderTest.StartSelf("subscribe", server.Url.ToString(), server.Token, session, subscribers.ToString());
            if (await other.StandardOutput.ReadLineAsync() != "subscribed")
                throw new InvalidOperationException("The subscribers did not come up");
            await server.PostAsync($"/v1/sessions/{session}/prompts", new { text = Talk(Deltas, "0.01") });
            Console.WriteLine($"{"fanout",-20} {subscribers,5} subscribers: {await other.StandardOutput.ReadLineAsync()}  aim p99 50 ms at 1,000");
            other.StandardInput.Close();
            await other.WaitForExitAsync();
        }

        return 0;
    }
}
