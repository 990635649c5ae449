using Offstage.Agents.BuiltIn.Conversations;

namespace Offstage.Agents.Tests.BuiltIn;

/// <summary>A conversation's file, whatever happened to it and to its writer.</summary>
public sealed class ConversationFileTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void What_is_written_is_read_back_and_a_file_torn_anywhere_is_a_valid_conversation()
    {
        Seeds.ForEach(300, random =>
        {
            var entries = ConversationRepair.Repair(RandomEntries.Make(random, 30));
            byte[] file = ConversationLines.Write(entries);
            EntryAssert.Same(entries, ConversationLines.Read(file));

            byte[] torn = file[..random.Next(file.Length + 1)];
            for (int spoiled = random.Next(4); spoiled > 0 && torn.Length > 0; spoiled--)
                torn[random.Next(torn.Length)] = (byte)random.Next(256);
            AssertValid(ConversationLines.Read(torn));

            // Another writer goes on behind the torn end.
            var went = ConversationLines.Read([.. torn, .. ConversationLines.Write([new Entry.Prompt("on", [])])]);
            Assert.Equal("on", went.OfType<Entry.Prompt>().Last().Text);
            AssertValid(went);
        });
    }

    [Fact]
    public async Task A_torn_last_line_and_a_call_without_result_are_mended_by_the_next_process()
    {
        var model = new ScriptedModel(_ => ScriptedModel.Call(("shell", """{"command":"echo one"}""")), _ => ScriptedModel.Say("first"));
        await using var rig = model.CreateRig();
        var (first, listener) = await rig.OpenAsync(rig.Start());
        await first.StartTurnAsync(new TurnInput("begin"), Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();
        await first.DisposeAsync();
        string file = Directory.GetFiles(rig.Home, "*.jsonl", SearchOption.AllDirectories).Single();
        string[] lines = [.. (await File.ReadAllLinesAsync(file, Cancellation)).Where(line => line.Length > 0)];
        Assert.Equal(4, lines.Length);
        await File.WriteAllTextAsync(file, $"{lines[0]}\n{lines[1]}\n{lines[2][..(lines[2].Length / 2)]}", Cancellation);

        var (second, again) = await rig.OpenAsync(rig.Start(cursor: first.Cursor));
        await second.StartTurnAsync(new TurnInput("go on"), Cancellation);
        await again.NextAsync<AgentEvent.TurnEnded>();

        var shown = model.Requests[^1].Entries;
        Assert.Equal(["begin", "go on"], shown.OfType<Entry.Prompt>().Select(prompt => prompt.Text));
        Assert.Equal(ConversationRepair.NoResult, Assert.Single(shown.OfType<Entry.Result>()).Text);
        EntryAssert.IsValid(shown);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    [InlineData("0123456789abcdef0123456789abcdef")]
    public async Task A_cursor_that_names_no_conversation_here_is_rejected_and_starts_nothing(string cursor)
    {
        await using var rig = new ScriptedModel().CreateRig();

        var result = await rig.Adapter.StartAsync(rig.Start(cursor: new ResumeCursor("builtin", cursor)), Cancellation);

        Assert.IsType<AgentStartResult.CursorRejected>(result);
        Assert.Empty(rig.Alive);
    }

    [Fact]
    public async Task Turns_that_were_taken_back_stay_so_for_the_next_process()
    {
        var model = new ScriptedModel();
        await using var rig = model.CreateRig();
        var (first, listener) = await rig.OpenAsync(rig.Start());
        foreach (string prompt in (string[])["one", "two", "three"])
        {
            await first.StartTurnAsync(new TurnInput(prompt), Cancellation);
            await listener.NextAsync<AgentEvent.TurnEnded>();
        }

        Assert.True(await first.RollBackAsync(2, Cancellation));
        Assert.False(await first.RollBackAsync(2, Cancellation));
        await first.DisposeAsync();

        var (second, again) = await rig.OpenAsync(rig.Start(cursor: first.Cursor));
        await second.StartTurnAsync(new TurnInput("four"), Cancellation);
        await again.NextAsync<AgentEvent.TurnEnded>();
        Assert.Equal(["one", "four"], model.Requests[^1].Entries.OfType<Entry.Prompt>().Select(prompt => prompt.Text));
    }

    [Fact]
    public async Task A_conversation_whose_only_turn_was_taken_back_is_there_and_empty()
    {
        var model = new ScriptedModel();
        await using var rig = model.CreateRig();
        var (first, listener) = await rig.OpenAsync(rig.Start());
        await first.StartTurnAsync(new TurnInput("one"), Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();
        Assert.True(await first.RollBackAsync(1, Cancellation));
        await first.DisposeAsync();

        var (second, again) = await rig.OpenAsync(rig.Start(cursor: first.Cursor));
        await second.StartTurnAsync(new TurnInput("two"), Cancellation);
        await again.NextAsync<AgentEvent.TurnEnded>();
        Assert.Equal("two", Assert.Single(model.Requests[^1].Entries.OfType<Entry.Prompt>()).Text);
    }

    private static void AssertValid(IReadOnlyList<Entry> entries)
    {
        EntryAssert.IsValid(entries);
        var ids = new HashSet<string>();
        for (int at = 0; at < entries.Count; at++)
        {
            if (entries[at] is not Entry.Answer answer)
                continue;
            var calls = answer.Calls.Select(call => call.Id).ToList();
            Assert.True(at > 0 && calls.TrueForAll(ids.Add));
            Assert.True(entries.Skip(at + 1).Take(calls.Count).OfType<Entry.Result>().Select(result => result.CallId).SequenceEqual(calls));
        }

        Assert.Equal(ids.Count, entries.OfType<Entry.Result>().Count());
    }
}
