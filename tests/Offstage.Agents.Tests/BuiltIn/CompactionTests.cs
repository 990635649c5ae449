using Offstage.Agents.BuiltIn.Conversations;
using Offstage.Agents.BuiltIn.Models;
using Offstage.Contracts;

namespace Offstage.Agents.Tests.BuiltIn;

public sealed class CompactionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_window_is_summarised_and_the_plan_and_the_running_prompt_stay()
    {
        var model = Working(summary: _ => ScriptedModel.Say("they want 7 files read"));
        var (listener, entries) = await RunAsync(model);

        var summary = Assert.IsType<Entry.Summary>(entries[0]);
        Assert.Equal(("they want 7 files read", "- [in_progress] read them"), (summary.Text, summary.Plan));
        Assert.Equal("read all of them", Assert.IsType<Entry.Prompt>(entries[1]).Text);
        EntryAssert.IsValid(entries);
        Assert.Single(listener.Completed<ItemBody.Compaction>());
        Assert.Empty(listener.Of<AgentEvent.Notice>());
        Assert.Contains("Person: read all of them", SummaryRequest(model).Entries.OfType<Entry.Prompt>().Single().Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_window_that_cannot_be_summarised_is_cut_in_its_middle_and_the_person_is_told()
    {
        var model = Working(summary: _ => ScriptedModel.Fail(new ModelFailure.Lasting("model_request_invalid", "no")));
        var (listener, entries) = await RunAsync(model);

        Assert.Contains("characters cut", Assert.IsType<Entry.Summary>(entries[0]).Text, StringComparison.Ordinal);
        Assert.Contains("cut in its middle", Assert.Single(listener.Of<AgentEvent.Notice>()).Text, StringComparison.Ordinal);
        EntryAssert.IsValid(entries);
    }

    [Fact]
    public async Task A_model_that_says_its_window_is_full_gets_a_shorter_conversation()
    {
        var model = new ScriptedModel(
            _ => Read(), _ => Read(), _ => Read(),
            _ => ScriptedModel.Fail(new ModelFailure.TooLong("too long")),
            _ => ScriptedModel.Say("in short"));
        var (listener, entries) = await RunAsync(model, window: 1_000_000);

        Assert.Equal("in short", Assert.IsType<Entry.Summary>(entries[0]).Text);
        Assert.Single(listener.Completed<ItemBody.Compaction>());
    }

    [Fact]
    public void No_cut_comes_between_a_call_and_its_result_and_what_stays_fits()
    {
        Seeds.ForEach(500, random =>
        {
            var entries = ConversationRepair.Repair(RandomEntries.Make(random, 40));
            long keep = random.Next(1, 400);
            int cut = Compaction.FindCut(entries, keep);
            if (cut == 0)
                return;
            var compacted = Compaction.Apply(entries, cut, "summary", 100);
            EntryAssert.IsValid(compacted);
            Assert.True(TokenEstimate.Of(entries.Skip(cut)) <= keep);
        });
    }

    private static ScriptedModel Working(Func<ModelRequest, IEnumerable<ModelChunk>> summary) => new(
        _ => ScriptedModel.Call(("plan", """{"steps":[{"text":"read them","status":"in_progress"}]}""")),
        _ => Read(), _ => Read(), _ => Read(), summary);

    private static IEnumerable<ModelChunk> Read() =>
        [new ModelChunk.Call(Guid.NewGuid().ToString("N"), "read", """{"path":"big.txt"}"""), new ModelChunk.Ended(ModelStop.Done)];

    private static ModelRequest SummaryRequest(ScriptedModel model) => model.Requests.Single(request => request.Tools.Count == 0);

    /// <returns>What the model was shown last.</returns>
    private static async Task<(AgentListener Listener, IReadOnlyList<Entry> Entries)> RunAsync(ScriptedModel model, long window = 24_000)
    {
        await using var rig = model.CreateRig(options => options with { ContextWindow = window });
        await File.WriteAllTextAsync(Path.Combine(rig.Workspace, "big.txt"), string.Concat(Enumerable.Repeat("0123456789 abcdefghij\n", 1000)), Cancellation);
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput("read all of them"), Cancellation);
        var end = await listener.NextAsync<AgentEvent.TurnEnded>();
        Assert.Equal(new AgentEvent.TurnEnded(AgentTurnOutcome.Completed, null) { TurnTag = "" }, end);
        new TurnChecker(new Random(1)).See(listener.Seen);

        // It is in the file as it is in memory.
        await session.DisposeAsync();
        string file = Directory.GetFiles(rig.Home, "*.jsonl", SearchOption.AllDirectories).Single();
        Assert.IsType<Entry.Summary>(ConversationLines.Read(await File.ReadAllBytesAsync(file, Cancellation))[0]);
        return (listener, model.Requests[^1].Entries);
    }
}
