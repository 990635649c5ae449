using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Offstage.Server.Tests;

/// <summary>What is stored grows with what was said, and not with how it was said.</summary>
public sealed class GrowthTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_of_many_deltas_is_stored_once_and_takes_at_most_three_times_its_text()
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync("@delta 20000");
        await server.WaitForTurnAsync(session);
        var events = await server.EventsAsync(session);
        string text = (string)events.Last(e => (string?)e["kind"] == "item.completed")["data"]!["item"]!["body"]!["text"]!;

        Assert.True(text.Length > 100_000);
        Assert.InRange(events.Sum(e => Encoding.UTF8.GetByteCount(e.ToJsonString())), text.Length, 3 * text.Length);
        Assert.True(events.Count < 40, $"{events.Count} events");
    }

    [Fact]
    public async Task Old_raw_events_lose_their_content_and_neither_their_place_nor_anything_that_a_person_reads()
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync("@raw plum\n@say hello");
        await server.WaitForTurnAsync(session);
        var before = await server.EventsAsync(session);
        Assert.Contains(before, e => e.ToJsonString().Contains("plum", StringComparison.Ordinal) && (string?)e["kind"] == "agent.raw");

        await server.RestartAsync(o => o with { RawEventRetention = TimeSpan.Zero });
        var after = await WhenDroppedAsync(server, session);
        Assert.Equal(before.Select(Place), after.Take(before.Count).Select(Place));
        Assert.DoesNotContain(after, e => !IsRead(e) && e.ToJsonString().Contains("plum", StringComparison.Ordinal));
        Assert.Equal(before.Where(IsRead).Select(e => e.ToJsonString()), after.Take(before.Count).Where(IsRead).Select(e => e.ToJsonString()));
        await server.PromptAsync(session, "@history");
        await server.WaitForTurnAsync(session, 2);
    }

    [Fact]
    public async Task What_the_server_says_of_itself_is_in_files_of_its_home()
    {
        await using var server = await TestServer.StartAsync();
        await server.RestartAsync();
        string log = Assert.Single(Directory.GetFiles(Path.Combine(server.Home, "logs")));
        await using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Assert.Contains(" INFO effect.delivery_stopped ", await new StreamReader(file).ReadToEndAsync(Stop), StringComparison.Ordinal);
    }

    /// <summary>Housekeeping goes on beside the requests of a server that has just started, and tells nobody: it is asked for until it is done.</summary>
    private static async Task<IReadOnlyList<JsonObject>> WhenDroppedAsync(TestServer server, string session)
    {
        for (long begun = Stopwatch.GetTimestamp(); ;)
        {
            var events = await server.EventsAsync(session);
            if (!events.Any(e => (string?)e["kind"] == "agent.raw"))
                return events;
            Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(60), "Nothing was dropped.");
        }
    }

    private static (long, string) Place(JsonObject e) => ((long)e["sequence"]!, (string)e["at"]!);

    private static bool IsRead(JsonObject e) => !((string)e["kind"]!).StartsWith("agent.raw", StringComparison.Ordinal);
}
