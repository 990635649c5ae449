using System.Text.Json;
using Offstage.Agents.BuiltIn;
using Offstage.Agents.BuiltIn.Conversations;
using Offstage.Agents.BuiltIn.Models;
using Offstage.Contracts;
using Offstage.Sandboxes;

namespace Offstage.Agents.Tests.BuiltIn;

/// <summary>What the loop does with a model that does as it likes.</summary>
public sealed class BuiltInTurnTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_of_no_tool_and_one_with_broken_arguments_are_told_to_the_model_and_the_turn_goes_on()
    {
        var model = new ScriptedModel(
            _ => ScriptedModel.Call(("teleport", "{}"), ("shell", "{\"command\": tru"), ("read", "[1]"), ("read", """{"path":7}"""), ("shell", """{"command":"echo fine"}""")));
        var (end, listener) = await RunAsync(model);

        Assert.Equal(AgentTurnOutcome.Completed, end.Outcome);
        var results = model.Requests[1].Entries.OfType<Entry.Result>().ToList();
        Assert.Equal([true, true, true, true, false], results.Select(result => result.IsError));
        Assert.StartsWith("There is no tool 'teleport'. There are: shell, read", results[0].Text, StringComparison.Ordinal);
        Assert.Contains("not JSON", results[1].Text, StringComparison.Ordinal);
        Assert.Contains("fine", results[4].Text, StringComparison.Ordinal);

        // What goes back to an endpoint is what every endpoint takes.
        Assert.All(model.Requests[1].Entries.OfType<Entry.Answer>().SelectMany(answer => answer.Calls), call => Assert.Equal(JsonValueKind.Object, JsonElement.Parse(call.Arguments).ValueKind));
        Check(listener);
    }

    [Fact]
    public async Task The_same_failing_call_over_and_over_ends_the_turn()
    {
        var model = new ScriptedModel([.. Enumerable.Repeat<Func<ModelRequest, IEnumerable<ModelChunk>>>(_ => ScriptedModel.Call(("read", """{"path":"nowhere"}""")), 20)]);
        var (end, listener) = await RunAsync(model);

        Assert.Equal(AgentTurnOutcome.Failed, end.Outcome);
        Assert.EndsWith("[model_stuck]", end.Error, StringComparison.Ordinal);
        Assert.Equal(4, model.Requests.Count);
        Check(listener);
    }

    [Fact]
    public async Task Another_call_between_two_failures_is_no_repetition()
    {
        Func<ModelRequest, IEnumerable<ModelChunk>>[] answers = [.. Enumerable.Range(0, 12).Select<int, Func<ModelRequest, IEnumerable<ModelChunk>>>(
            n => _ => ScriptedModel.Call(n % 2 == 0 ? ("shell", """{"command":"false"}""") : ("plan", """{"steps":[{"text":"x","status":"pending"}]}""")))];
        var (end, _) = await RunAsync(new ScriptedModel(answers));

        Assert.Equal(AgentTurnOutcome.Completed, end.Outcome);
    }

    [Theory]
    [InlineData("limit_steps", 5, null, null)]
    [InlineData("limit_tokens", 200, 3000, null)]
    [InlineData("limit_cost", 200, null, 0.01)]
    public async Task A_turn_over_a_bound_fails_by_its_name(string code, int steps, int? tokens, double? cost)
    {
        var model = new ScriptedModel([.. Enumerable.Repeat<Func<ModelRequest, IEnumerable<ModelChunk>>>(_ => ScriptedModel.Call(("glob", """{"pattern":"*"}""")), 50)]);
        var (end, listener) = await RunAsync(model, options => options with
        {
            Prices = new BuiltInPrices(3, 15, 0.3m),
            Limits = new BuiltInLimits { StepsMax = steps, TokensMax = tokens, CostUsdMax = (decimal?)cost },
        });

        Assert.Equal(AgentTurnOutcome.Failed, end.Outcome);
        Assert.EndsWith($"[{code}]", end.Error, StringComparison.Ordinal);

        // 600 fresh, 400 cached and 100 out cost 0.00342 dollars; three of them are over a cent and over 3,000 tokens.
        Assert.Equal(code == "limit_steps" ? 5 : 3, model.Requests.Count);
        var usage = listener.Of<AgentEvent.UsageReported>().Last().Usage;
        Assert.Equal(0.00342m * model.Requests.Count, usage.CostUsd);
        Assert.Equal((1000L * model.Requests.Count, 400L * model.Requests.Count, 100L * model.Requests.Count, 1100L), (usage.InputTokens, usage.CachedInputTokens, usage.OutputTokens, usage.ContextTokens));
    }

    [Fact]
    public async Task Calls_that_look_run_at_once_and_changes_one_after_the_other_in_the_models_order()
    {
        var model = new ScriptedModel(_ => ScriptedModel.Call(
            ("grep", """{"pattern":"x"}"""), ("glob", """{"pattern":"*"}"""), ("write", """{"path":"n","content":"1"}"""),
            ("shell", """{"command":"cat n; printf 2 > n"}"""), ("read", """{"path":"n"}""")));
        await using var rig = model.CreateRig();
        var start = rig.Start();
        var launch = start.LaunchAsync;
        var both = new TaskCompletionSource();
        int looking = 0;
        var (session, listener) = await rig.OpenAsync(start with
        {
            // Neither starts before the other is wanted: one after the other they would never end.
            LaunchAsync = async (spec, cancellationToken) =>
            {
                if (spec.Command.Any(word => word is "offstage-grep" or "offstage-glob"))
                {
                    if (Interlocked.Increment(ref looking) == 2)
                        both.SetResult();
                    await both.Task.WaitAsync(cancellationToken);
                }

                return await launch(spec, cancellationToken);
            },
        });
        await session.StartTurnAsync(new TurnInput("go"), Cancellation);

        Assert.Equal(AgentTurnOutcome.Completed, (await listener.NextAsync<AgentEvent.TurnEnded>()).Outcome);
        var results = model.Requests[1].Entries.OfType<Entry.Result>().ToList();
        Assert.StartsWith("1", results[3].Text, StringComparison.Ordinal);
        Assert.Contains("2", results[4].Text, StringComparison.Ordinal);
        Check(listener);
    }

    [Fact]
    public async Task An_interrupt_kills_the_command_and_leaves_a_conversation_that_goes_on()
    {
        var model = new ScriptedModel(_ => ScriptedModel.Call(("shell", """{"command":"echo begun; sleep 300 & sleep 300"}"""), ("shell", """{"command":"touch never"}""")));
        await using var rig = model.CreateRig();
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput("go"), Cancellation);
        await listener.NextAsync<AgentEvent.Delta>(delta => delta.Text.Contains("begun", StringComparison.Ordinal));
        int keeper = rig.Alive.Count;

        await session.InterruptAsync(Cancellation);
        Assert.Equal(AgentTurnOutcome.Interrupted, (await listener.NextAsync<AgentEvent.TurnEnded>()).Outcome);

        Assert.True(rig.Alive.Count < keeper, "The command lives on.");
        Assert.Single(rig.Alive);
        Assert.Equal("begun", ((ItemBody.Command)listener.Of<AgentEvent.ItemCompleted>().Single().Item.Body).Output?.Trim());
        await session.StartTurnAsync(new TurnInput("and now"), Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();
        var entries = model.Requests[1].Entries;
        EntryAssert.IsValid(entries);
        Assert.Equal(2, entries.OfType<Entry.Result>().Count(result => result.Text == ConversationRepair.NoResult));
        Assert.Single(entries.OfType<Entry.Interrupted>());
        Assert.False(File.Exists(Path.Combine(rig.Workspace, "never")));
        Check(listener);
    }

    [Fact]
    public async Task What_a_person_adds_to_a_turn_that_is_cut_off_is_known_in_the_next()
    {
        var model = new ScriptedModel(_ => ScriptedModel.Call(("shell", """{"command":"sleep 300"}""")));
        await using var rig = model.CreateRig();
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput("go"), Cancellation);
        await listener.NextAsync<AgentEvent.ItemStarted>();
        Assert.True(await session.SteerAsync("mind the gap", Cancellation));
        await session.InterruptAsync(Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();

        Assert.False(await session.SteerAsync("too late", Cancellation));
        await session.StartTurnAsync(new TurnInput("on"), Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();
        Assert.Equal(["mind the gap"], model.Requests[1].Entries.OfType<Entry.Addition>().Select(addition => addition.Text));
        Check(listener);
    }

    [Fact]
    public async Task A_sandbox_that_cannot_run_anything_fails_the_turn_with_its_own_code()
    {
        await using var rig = new ScriptedModel().CreateRig();
        var start = rig.Start();
        var launch = start.LaunchAsync;
        int launched = 0;
        var (session, listener) = await rig.OpenAsync(start with
        {
            LaunchAsync = (spec, cancellationToken) => Interlocked.Increment(ref launched) == 1
                ? launch(spec, cancellationToken)
                : throw new SandboxException("sandbox_start_failed", "no more processes", retryable: true),
        });
        await session.StartTurnAsync(new TurnInput("go"), Cancellation);

        Assert.Equal("no more processes [sandbox_start_failed]", (await listener.NextAsync<AgentEvent.TurnEnded>()).Error);
    }

    [Fact]
    public async Task A_person_who_cancels_ends_the_turn_with_the_request()
    {
        var model = new ScriptedModel(_ => ScriptedModel.Call(("write", """{"path":"a","content":"b"}""")));
        await using var rig = model.CreateRig();
        var (session, listener) = await rig.OpenAsync(rig.Start(AgentMode.Ask));
        await session.StartTurnAsync(new TurnInput("go"), Cancellation);
        var asked = await listener.NextAsync<AgentEvent.RequestOpened>();
        Assert.Contains("+b", Assert.IsType<RequestBody.ApproveFileChange>(asked.Request).Files.Single().Diff, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => session.AnswerAsync(asked.Key, new RequestAnswer.Answers(new Dictionary<string, IReadOnlyList<string>>()), Cancellation));

        Assert.True(await session.AnswerAsync(asked.Key, new RequestAnswer.Cancel(), Cancellation));

        Assert.Equal(AgentTurnOutcome.Interrupted, (await listener.NextAsync<AgentEvent.TurnEnded>()).Outcome);
        Assert.Empty(Directory.EnumerateFileSystemEntries(rig.Workspace));
        Check(listener);
    }

    [Fact]
    public async Task A_change_outside_the_workspace_or_in_its_git_asks_also_in_mode_edit()
    {
        var model = new ScriptedModel(_ => ScriptedModel.Call(
            ("write", """{"path":"../home/a","content":"b"}"""), ("write", """{"path":".git/hooks/x","content":"b"}"""), ("write", """{"path":"link/c","content":"b"}"""), ("write", """{"path":"new/d","content":"b"}""")));
        await using var rig = model.CreateRig();
        Directory.CreateSymbolicLink(Path.Combine(rig.Workspace, "link"), rig.Home);
        var (session, listener) = await rig.OpenAsync(rig.Start(AgentMode.Edit));
        await session.StartTurnAsync(new TurnInput("go"), Cancellation);
        for (int n = 0; n < 3; n++)
        {
            var asked = await listener.NextAsync<AgentEvent.RequestOpened>();
            Assert.True(await session.AnswerAsync(asked.Key, new RequestAnswer.Decline(), Cancellation));
        }

        await listener.NextAsync<AgentEvent.TurnEnded>();
        Assert.Equal(3, listener.Of<AgentEvent.RequestOpened>().Count());
        Assert.True(File.Exists(Path.Combine(rig.Workspace, "new", "d")));
        Assert.False(File.Exists(Path.Combine(rig.Home, "a")) || File.Exists(Path.Combine(rig.Home, "c")));
    }

    [Fact]
    public async Task Without_a_model_named_the_turn_fails_and_says_so()
    {
        await using var rig = new ScriptedModel().CreateRig();
        var (session, listener) = await rig.OpenAsync(rig.Start() with { Model = null });
        await session.StartTurnAsync(new TurnInput("go"), Cancellation);

        Assert.EndsWith("[model_not_named]", (await listener.NextAsync<AgentEvent.TurnEnded>()).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AGENTS.md", "CLAUDE.md", "AGENTS.md")]
    [InlineData("CLAUDE.md", null, "CLAUDE.md")]
    public async Task The_workspaces_instructions_reach_the_model(string file, string? other, string told)
    {
        var model = new ScriptedModel();
        await using var rig = model.CreateRig();
        await File.WriteAllTextAsync(Path.Combine(rig.Workspace, file), "Always whistle.\n" + new string('x', 200_000), Cancellation);
        if (other is not null)
            await File.WriteAllTextAsync(Path.Combine(rig.Workspace, other), "Never whistle.", Cancellation);
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput("go"), Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();

        string system = model.Requests[0].System;
        Assert.Contains($"({told}):\n\nAlways whistle.", system, StringComparison.Ordinal);
        Assert.DoesNotContain("Never whistle", system, StringComparison.Ordinal);
        Assert.InRange(system.Length, 32_000, 40_000);
    }

    [Fact]
    public async Task A_broken_answer_ends_its_item_and_is_asked_for_again()
    {
        var model = new ScriptedModel(
            _ => [new ModelChunk.Text("half a sen"), new ModelChunk.Used(ScriptedModel.Usage)],
            _ => ScriptedModel.Say("whole"));
        var (end, listener) = await RunAsync(model, options => options with { Retries = new BuiltInRetries { FirstDelay = TimeSpan.FromMilliseconds(1) } });

        Assert.Equal(AgentTurnOutcome.Completed, end.Outcome);
        Assert.Equal([ItemStatus.Failed, ItemStatus.Completed], listener.Of<AgentEvent.ItemCompleted>().Select(one => one.Item.Status));
        Assert.Contains("attempt 2 of 6", Assert.Single(listener.Of<AgentEvent.Notice>()).Text, StringComparison.Ordinal);
        Assert.Equal(2000, listener.Of<AgentEvent.UsageReported>().Last().Usage.InputTokens);
        Check(listener);
    }

    private static async Task<(AgentEvent.TurnEnded End, AgentListener Listener)> RunAsync(ScriptedModel model, Func<BuiltInOptions, BuiltInOptions>? change = null)
    {
        await using var rig = model.CreateRig(change);
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput("go"), Cancellation);
        return (await listener.NextAsync<AgentEvent.TurnEnded>(), listener);
    }

    private static void Check(AgentListener listener) => new TurnChecker(new Random(1)).See(listener.Seen);
}
