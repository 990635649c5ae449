using Offstage.Contracts;
using Offstage.Sandboxes;

namespace Offstage.Agents.Tests;

/// <summary>What every adapter promises, tried with the real program. Prompts are scripts that all agents here understand.</summary>
public abstract class AgentConformance
{
    /// <summary>A PNG of one black pixel.</summary>
    private static readonly byte[] Dot = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected abstract Task<AgentRig> CreateAsync();

    /// <summary>A prompt that asks approval in <see cref="AgentMode.Ask"/> before it runs the command.</summary>
    protected abstract string ApprovalPrompt(string command);

    /// <summary>A prompt that writes a file of one line with the agent's own tool for changes, not by a command.</summary>
    protected virtual string ChangePrompt(string file, string line) => $"@patch {file} {line}";

    /// <summary>A prompt that, in <see cref="AgentMode.Plan"/>, ends with the plan.</summary>
    protected virtual string PlanPrompt(string plan) => $"@plan {plan}";

    /// <summary>A prompt during which the agent's own process dies at once.</summary>
    protected abstract string CrashPrompt { get; }

    /// <summary>A sandbox must show where the agent is. One that works in the server needs nothing there.</summary>
    protected virtual bool IsInstalled => true;

    /// <summary>Makes the agent say the file's content in the middle of its next turn.</summary>
    protected abstract (Func<ProcessSpec, ProcessSpec>? Change, string Prompt) Blurting(string file, bool huge);

    /// <summary>Makes the agent forget the conversation.</summary>
    private protected abstract Task ForgetAsync(AgentRig rig, IAgentSession session, AgentListener listener);

    [Fact]
    public async Task A_turn_has_one_start_items_with_deltas_and_one_end()
    {
        await using var rig = await CreateAsync();
        var (session, listener) = await rig.OpenAsync(rig.Start());

        await session.StartTurnAsync(new TurnInput("echo from-the-workspace > made.txt; cat made.txt\n@say all is well") { Tag = "first" }, Cancellation);
        var end = await listener.NextAsync<AgentEvent.TurnEnded>();

        Assert.Equal(new AgentEvent.TurnEnded(AgentTurnOutcome.Completed, null) { TurnTag = "first" }, end);
        Assert.Single(listener.Of<AgentEvent.TurnStarted>());
        Assert.All(listener.Of<AgentEvent.ItemCompleted>(), one => Assert.Equal("first", one.TurnTag));
        Assert.Single(listener.Of<AgentEvent.TurnEnded>());
        Assert.Equal("all is well", listener.LastMessage);
        var command = Assert.Single(listener.Of<AgentEvent.ItemCompleted>(), one => one.Item.Body is ItemBody.Command);
        Assert.Equal(ItemStatus.Completed, command.Item.Status);
        var body = (ItemBody.Command)command.Item.Body;
        Assert.Equal((0, "from-the-workspace"), (body.ExitCode, body.Output?.Trim()));
        Assert.Equal("from-the-workspace\n", await File.ReadAllTextAsync(Path.Combine(rig.Workspace, "made.txt"), Cancellation));
        Assert.Contains(listener.Of<AgentEvent.ItemStarted>(), one => one.Item.Id == command.Item.Id);
        var message = listener.Of<AgentEvent.ItemCompleted>().Last(one => one.Item.Body is ItemBody.Message).Item;
        Assert.Equal(
            ((ItemBody.Message)message.Body).Text,
            string.Concat(listener.Of<AgentEvent.Delta>().Where(one => one.ItemId == message.Id).Select(one => one.Text)));
    }

    [Fact]
    public async Task A_second_turn_follows_the_first_in_the_same_conversation()
    {
        await using var rig = await CreateAsync();
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput("@say first"), Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();

        await session.StartTurnAsync(new TurnInput("@history"), Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();

        Assert.Equal("1 earlier turns", listener.LastMessage);
        Assert.Equal(2, listener.Of<AgentEvent.TurnEnded>().Count());
    }

    [Fact]
    public async Task A_second_prompt_in_a_running_turn_is_refused()
    {
        await using var rig = await CreateAsync();
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput("sleep 60"), Cancellation);
        await listener.NextAsync<AgentEvent.TurnStarted>();

        var refusal = await Assert.ThrowsAsync<AgentException>(() => session.StartTurnAsync(new TurnInput("@say no"), Cancellation));

        Assert.Equal("agent_refused", refusal.Code);
    }

    [Fact]
    public async Task A_new_process_resumes_the_conversation_by_its_cursor()
    {
        await using var rig = await CreateAsync();
        var (first, listener) = await rig.OpenAsync(rig.Start());
        await first.StartTurnAsync(new TurnInput("@say remember me"), Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();
        await first.DisposeAsync();

        var (second, again) = await rig.OpenAsync(rig.Start(cursor: first.Cursor));
        await second.StartTurnAsync(new TurnInput("@history"), Cancellation);
        await again.NextAsync<AgentEvent.TurnEnded>();

        Assert.Equal("1 earlier turns", again.LastMessage);
        Assert.Equal(first.Cursor, second.Cursor);
    }

    [Fact]
    public async Task A_forgotten_conversation_rejects_its_cursor_and_leaves_no_process()
    {
        await using var rig = await CreateAsync();
        var (first, listener) = await rig.OpenAsync(rig.Start());
        await first.StartTurnAsync(new TurnInput("@say remember me"), Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();
        await ForgetAsync(rig, first, listener);
        await first.DisposeAsync();

        var result = await rig.Adapter.StartAsync(rig.Start(cursor: first.Cursor), Cancellation);

        Assert.NotEmpty(Assert.IsType<AgentStartResult.CursorRejected>(result).Reason);
        Assert.Empty(rig.Alive);
    }

    [Fact]
    public async Task A_cursor_of_another_agent_is_rejected()
    {
        await using var rig = await CreateAsync();

        var result = await rig.Adapter.StartAsync(rig.Start(cursor: new ResumeCursor("somebody-else", "x")), Cancellation);

        Assert.IsType<AgentStartResult.CursorRejected>(result);
    }

    [Fact]
    public async Task A_conversation_told_to_a_new_agent_is_known_and_not_carried_out()
    {
        await using var rig = await CreateAsync();
        var (session, listener) = await rig.OpenAsync(rig.Start());

        await session.StartTurnAsync(
            new TurnInput("@prompt", Conversation: "User:\ntouch must-not-exist\nAgent:\nDone."), Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();

        Assert.Contains("touch must-not-exist", listener.LastMessage, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(rig.Workspace));
    }

    [Fact]
    public async Task An_interrupt_ends_the_turn_and_the_next_one_works()
    {
        await using var rig = await CreateAsync();
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput("echo on > begun; sleep 60"), Cancellation);
        await listener.NextAsync<AgentEvent.ItemStarted>(one => one.Item.Body is ItemBody.Command);

        await session.InterruptAsync(Cancellation);
        var end = await listener.NextAsync<AgentEvent.TurnEnded>();

        Assert.Equal(AgentTurnOutcome.Interrupted, end.Outcome);
        Assert.Empty(OpenItems(listener));
        await session.StartTurnAsync(new TurnInput("@say still here"), Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>(one => one.Outcome == AgentTurnOutcome.Completed);
        Assert.Equal("still here", listener.LastMessage);
    }

    [Fact]
    public async Task An_interrupt_without_a_turn_does_nothing()
    {
        await using var rig = await CreateAsync();
        var (session, listener) = await rig.OpenAsync(rig.Start());

        await session.InterruptAsync(Cancellation);

        Assert.False(await session.SteerAsync("@say no", Cancellation));
        await session.StartTurnAsync(new TurnInput("@say fine"), Cancellation);
        Assert.Equal(AgentTurnOutcome.Completed, (await listener.NextAsync<AgentEvent.TurnEnded>()).Outcome);
    }

    [Fact]
    public async Task A_running_turn_can_be_steered()
    {
        await using var rig = await CreateAsync();
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput("sleep 1"), Cancellation);
        await listener.NextAsync<AgentEvent.ItemStarted>(one => one.Item.Body is ItemBody.Command);

        Assert.Equal(rig.Adapter.Capabilities.CanSteer, await session.SteerAsync("@say steered", Cancellation));
        if (!rig.Adapter.Capabilities.CanSteer)
            return;

        await listener.NextAsync<AgentEvent.TurnEnded>();
        Assert.Contains(listener.Completed<ItemBody.Message>(), one => one.Text.Contains("steered", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_approved_command_runs()
    {
        await using var rig = await CreateAsync();
        var (session, listener) = await rig.OpenAsync(rig.Start(AgentMode.Ask));
        await session.StartTurnAsync(new TurnInput(ApprovalPrompt("touch approved.txt")), Cancellation);

        var asked = await listener.NextAsync<AgentEvent.RequestOpened>();
        Assert.Contains("touch approved.txt", Assert.IsType<RequestBody.ApproveCommand>(asked.Request).CommandLine, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(rig.Workspace, "approved.txt")));
        Assert.True(await session.AnswerAsync(asked.Key, new RequestAnswer.Approve(), Cancellation));
        Assert.Equal(asked.Key, (await listener.NextAsync<AgentEvent.RequestClosed>()).Key);
        await listener.NextAsync<AgentEvent.TurnEnded>();

        Assert.True(File.Exists(Path.Combine(rig.Workspace, "approved.txt")));
        Assert.Single(listener.Of<AgentEvent.RequestClosed>());
    }

    [Fact]
    public async Task A_declined_command_does_not_run_and_the_turn_goes_on()
    {
        await using var rig = await CreateAsync();
        var (session, listener) = await rig.OpenAsync(rig.Start(AgentMode.Ask));
        await session.StartTurnAsync(new TurnInput(ApprovalPrompt("touch declined.txt") + "\n@say went on"), Cancellation);

        var asked = await listener.NextAsync<AgentEvent.RequestOpened>();
        Assert.True(await session.AnswerAsync(asked.Key, new RequestAnswer.Decline(), Cancellation));
        var end = await listener.NextAsync<AgentEvent.TurnEnded>();

        Assert.Equal(AgentTurnOutcome.Completed, end.Outcome);
        Assert.Equal("went on", listener.LastMessage);
        Assert.False(File.Exists(Path.Combine(rig.Workspace, "declined.txt")));
        Assert.Contains(listener.Of<AgentEvent.ItemCompleted>(), one => one.Item.Status == ItemStatus.Declined);
    }

    [Theory]
    [InlineData(AgentMode.Ask)]
    [InlineData(AgentMode.Edit)]
    public async Task A_change_asks_in_mode_ask_and_is_free_in_mode_edit(AgentMode mode)
    {
        await using var rig = await CreateAsync();
        if (await RefusesAsync(rig, mode))
            return;
        var (session, listener) = await rig.OpenAsync(rig.Start(mode));
        await session.StartTurnAsync(new TurnInput(ChangePrompt("changed.txt", "hello")), Cancellation);
        if (mode == AgentMode.Ask)
        {
            var asked = await listener.NextAsync<AgentEvent.RequestOpened>();
            Assert.IsType<RequestBody.ApproveFileChange>(asked.Request);
            Assert.False(File.Exists(Path.Combine(rig.Workspace, "changed.txt")));
            Assert.True(await session.AnswerAsync(asked.Key, new RequestAnswer.Approve(), Cancellation));
        }

        Assert.Equal(AgentTurnOutcome.Completed, (await listener.NextAsync<AgentEvent.TurnEnded>()).Outcome);

        Assert.Equal("hello", (await File.ReadAllTextAsync(Path.Combine(rig.Workspace, "changed.txt"), Cancellation)).Trim());
        Assert.Equal(mode == AgentMode.Ask ? 1 : 0, listener.Of<AgentEvent.RequestOpened>().Count());
        Assert.Contains(listener.Completed<ItemBody.FileChange>(), one => one.Files.Any(file => file.Path.EndsWith("changed.txt", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_command_asks_in_mode_edit()
    {
        await using var rig = await CreateAsync();
        if (await RefusesAsync(rig, AgentMode.Edit))
            return;
        var (session, listener) = await rig.OpenAsync(rig.Start(AgentMode.Edit));
        await session.StartTurnAsync(new TurnInput(ApprovalPrompt("touch asked.txt")), Cancellation);

        var asked = await listener.NextAsync<AgentEvent.RequestOpened>();
        Assert.True(await session.AnswerAsync(asked.Key, new RequestAnswer.Decline(), Cancellation));
        await listener.NextAsync<AgentEvent.TurnEnded>();

        Assert.False(File.Exists(Path.Combine(rig.Workspace, "asked.txt")));
    }

    [Fact]
    public async Task A_turn_in_mode_plan_changes_nothing_and_ends_with_a_plan_that_the_next_turn_can_carry_out()
    {
        await using var rig = await CreateAsync();
        if (await RefusesAsync(rig, AgentMode.Plan))
            return;
        var (session, listener) = await rig.OpenAsync(rig.Start(AgentMode.Plan));
        await session.StartTurnAsync(new TurnInput(PlanPrompt("first this, then that")), Cancellation);
        Assert.Equal(AgentTurnOutcome.Completed, (await listener.NextAsync<AgentEvent.TurnEnded>()).Outcome);
        Assert.Contains("first this, then that", Assert.Single(listener.Completed<ItemBody.ProposedPlan>()).Text, StringComparison.Ordinal);

        await session.StartTurnAsync(new TurnInput(ChangePrompt("planned.txt", "no")), Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();
        await session.StartTurnAsync(new TurnInput("touch planned-too.txt"), Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();
        Assert.Empty(Directory.EnumerateFileSystemEntries(rig.Workspace));
        Assert.Empty(listener.Of<AgentEvent.RequestOpened>());

        await session.StartTurnAsync(new TurnInput("touch carried-out.txt") { Mode = AgentMode.Auto }, Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();
        Assert.True(File.Exists(Path.Combine(rig.Workspace, "carried-out.txt")));
    }

    [Fact]
    public async Task An_approval_for_the_session_is_not_asked_again_where_the_agent_offers_it()
    {
        await using var rig = await CreateAsync();
        var (session, listener) = await rig.OpenAsync(rig.Start(AgentMode.Ask));
        await session.StartTurnAsync(new TurnInput(ApprovalPrompt("touch again.txt")), Cancellation);
        var asked = await listener.NextAsync<AgentEvent.RequestOpened>();
        if (!asked.OffersSession)
            return;
        Assert.True(await session.AnswerAsync(asked.Key, new RequestAnswer.Approve(ForSession: true), Cancellation));
        await listener.NextAsync<AgentEvent.TurnEnded>();

        await session.StartTurnAsync(new TurnInput(ApprovalPrompt("touch again.txt")), Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();

        Assert.Single(listener.Of<AgentEvent.RequestOpened>());
    }

    [Fact]
    public async Task A_conversation_is_rolled_back_by_a_turn_where_the_agent_can()
    {
        await using var rig = await CreateAsync();
        var (session, listener) = await rig.OpenAsync(rig.Start());
        foreach (string prompt in (string[])["@say first", "@say second"])
        {
            await session.StartTurnAsync(new TurnInput(prompt), Cancellation);
            await listener.NextAsync<AgentEvent.TurnEnded>();
        }

        bool rolledBack = await session.RollBackAsync(1, Cancellation);

        Assert.Equal(rig.Adapter.Capabilities.CanRollBack, rolledBack);
        await session.StartTurnAsync(new TurnInput("@history"), Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();
        Assert.Equal(rolledBack ? "1 earlier turns" : "2 earlier turns", listener.LastMessage);
        Assert.False(await session.RollBackAsync(9, Cancellation));
    }

    [Fact]
    public async Task An_image_reaches_the_model_where_the_agent_takes_images()
    {
        await using var rig = await CreateAsync();
        if (!rig.Adapter.Capabilities.TakesImages)
            return;
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput("@images") { Images = [new ImageInput("dot.png", "image/png", Dot)] }, Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();

        Assert.Equal("1 images", listener.LastMessage);
    }

    [Fact]
    public async Task An_interrupt_closes_the_open_request()
    {
        await using var rig = await CreateAsync();
        var (session, listener) = await rig.OpenAsync(rig.Start(AgentMode.Ask));
        await session.StartTurnAsync(new TurnInput(ApprovalPrompt("touch never.txt")), Cancellation);
        var asked = await listener.NextAsync<AgentEvent.RequestOpened>();

        await session.InterruptAsync(Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();

        Assert.Equal([asked.Key], listener.Of<AgentEvent.RequestClosed>().Select(one => one.Key));
        Assert.False(await session.AnswerAsync(asked.Key, new RequestAnswer.Approve(), Cancellation));
    }

    [Fact]
    public async Task A_question_is_answered_by_the_person()
    {
        await using var rig = await CreateAsync();
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput("@ask Which colour?"), Cancellation);

        var asked = await listener.NextAsync<AgentEvent.RequestOpened>();
        var question = Assert.Single(Assert.IsType<RequestBody.Questions>(asked.Request).Items);
        Assert.Equal("Which colour?", question.Text);
        var answer = new RequestAnswer.Answers(new Dictionary<string, IReadOnlyList<string>> { [question.Id] = ["blue"] });
        Assert.True(await session.AnswerAsync(asked.Key, answer, Cancellation));

        Assert.Equal(AgentTurnOutcome.Completed, (await listener.NextAsync<AgentEvent.TurnEnded>()).Outcome);
        Assert.Equal(asked.Key, Assert.Single(listener.Of<AgentEvent.RequestClosed>()).Key);
    }

    [Fact]
    public async Task An_answer_to_an_unknown_or_answered_request_is_false()
    {
        await using var rig = await CreateAsync();
        var (session, listener) = await rig.OpenAsync(rig.Start(AgentMode.Ask));
        Assert.False(await session.AnswerAsync("unknown", new RequestAnswer.Approve(), Cancellation));
        await session.StartTurnAsync(new TurnInput(ApprovalPrompt("true > x")), Cancellation);
        var asked = await listener.NextAsync<AgentEvent.RequestOpened>();
        Assert.True(await session.AnswerAsync(asked.Key, new RequestAnswer.Approve(), Cancellation));

        Assert.False(await session.AnswerAsync(asked.Key, new RequestAnswer.Decline(), Cancellation));
    }

    [Fact]
    public async Task A_failed_turn_says_why_and_the_next_one_works()
    {
        await using var rig = await CreateAsync();
        var (session, listener) = await rig.OpenAsync(rig.Start());

        await session.StartTurnAsync(new TurnInput("@fail broken on purpose"), Cancellation);
        var end = await listener.NextAsync<AgentEvent.TurnEnded>();

        Assert.Equal(AgentTurnOutcome.Failed, end.Outcome);
        Assert.Contains("broken on purpose", end.Error, StringComparison.Ordinal);
        await session.StartTurnAsync(new TurnInput("@say recovered"), Cancellation);
        Assert.Equal(AgentTurnOutcome.Completed, (await listener.NextAsync<AgentEvent.TurnEnded>()).Outcome);
    }

    [Fact]
    public async Task A_crash_is_told_once_and_last()
    {
        await using var rig = await CreateAsync();
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput(CrashPrompt), Cancellation);

        var seen = await listener.EndAsync();

        var exited = Assert.Single(seen.OfType<AgentEvent.Exited>());
        Assert.Same(exited, seen[^1]);
        Assert.NotEqual(0, exited.ExitCode);
        Assert.Null(exited.ProtocolError);
        var gone = await Assert.ThrowsAsync<AgentException>(() => session.StartTurnAsync(new TurnInput("@say no"), Cancellation));
        Assert.Equal("agent_exited", gone.Code);
        Assert.False(await session.AnswerAsync("1", new RequestAnswer.Approve(), Cancellation));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Speech_that_cannot_be_understood_ends_the_process_with_a_named_error(bool huge)
    {
        await using var rig = await CreateAsync();
        var file = Path.Combine(rig.Home, "blurt");
        await File.WriteAllTextAsync(file, (huge ? new string('x', 17 * 1024 * 1024) : "this is not JSON") + "\n", Cancellation);
        var (change, prompt) = Blurting(file, huge);
        var (session, listener) = await rig.OpenAsync(rig.Start(change: change));
        await session.StartTurnAsync(new TurnInput(prompt), Cancellation);

        var exited = Assert.IsType<AgentEvent.Exited>((await listener.EndAsync())[^1]);

        Assert.StartsWith(huge ? "LineTooLong" : "MalformedJson", exited.ProtocolError, StringComparison.Ordinal);
        Assert.Empty(rig.Alive);
        var gone = await Assert.ThrowsAsync<AgentException>(() => session.StartTurnAsync(new TurnInput("@say no"), Cancellation));
        Assert.Equal("agent_protocol_error", gone.Code);
    }

    [Fact]
    public async Task Disposing_in_a_turn_leaves_no_process_and_one_exit()
    {
        await using var rig = await CreateAsync();
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput("sleep 300"), Cancellation);
        await listener.NextAsync<AgentEvent.ItemStarted>(one => one.Item.Body is ItemBody.Command);
        Assert.NotEmpty(rig.Alive);

        await session.DisposeAsync();
        await session.DisposeAsync();

        Assert.Empty(rig.Alive);
        var seen = await listener.EndAsync();
        Assert.Same(seen[^1], Assert.Single(seen.OfType<AgentEvent.Exited>()));
    }

    [Fact]
    public async Task Events_that_nobody_reads_do_not_hold_up_disposal()
    {
        await using var rig = await CreateAsync();
        var result = await rig.Adapter.StartAsync(rig.Start(), Cancellation);
        var session = Assert.IsType<AgentStartResult.Started>(result).Session;
        await session.StartTurnAsync(new TurnInput("@delta 5000"), Cancellation);

        await session.DisposeAsync();

        Assert.Empty(rig.Alive);
        var last = await session.Events.LastAsync(Cancellation);
        Assert.IsType<AgentEvent.Exited>(last);
    }

    [Fact]
    public async Task A_cancelled_start_leaves_no_process()
    {
        await using var rig = await CreateAsync();
        using var cancel = new CancellationTokenSource();
        var start = rig.Start();
        var launch = start.LaunchAsync;
        start = start with
        {
            LaunchAsync = async (spec, cancellationToken) =>
            {
                var process = await launch(spec, cancellationToken);
                await cancel.CancelAsync();
                return process;
            },
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rig.Adapter.StartAsync(start, cancel.Token));

        Assert.Empty(rig.Alive);
    }

    [Fact]
    public async Task A_program_that_cannot_be_started_is_a_failed_start()
    {
        await using var rig = await CreateAsync();
        var start = rig.Start() with
        {
            LaunchAsync = (_, _) => throw new SandboxException("program_not_found", "no such program", retryable: false),
        };

        var result = await rig.Adapter.StartAsync(start, Cancellation);

        Assert.Equal(new AgentStartResult.Failed("agent_not_installed", "no such program", Retryable: false), result);
    }

    [Fact]
    public async Task A_program_that_ends_at_once_is_a_failed_start_with_its_last_words()
    {
        await using var rig = await CreateAsync();
        var start = rig.Start(change: spec => spec with { Command = ["/bin/sh", "-c", "echo last words >&2; exit 3"] });

        var failed = Assert.IsType<AgentStartResult.Failed>(await rig.Adapter.StartAsync(start, Cancellation));

        Assert.Equal("agent_exited", failed.Code);
        Assert.Contains("last words", failed.Reason, StringComparison.Ordinal);
        Assert.Contains("code 3", failed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_installation_names_what_a_sandbox_must_show()
    {
        await using var rig = await CreateAsync();

        var installation = await rig.Adapter.InspectAsync(rig.Environment, Cancellation);

        Assert.Null(installation.Unusable);
        Assert.NotNull(installation.Version);
        Assert.All(installation.ReadOnlyPaths, path => Assert.True(Directory.Exists(path), path));
        Assert.Equal(IsInstalled, installation.ReadOnlyPaths.Count > 0);
    }

    private static IEnumerable<string> OpenItems(AgentListener listener) =>
        listener.Of<AgentEvent.ItemStarted>().Select(one => one.Item.Id)
            .Except(listener.Of<AgentEvent.ItemCompleted>().Select(one => one.Item.Id));

    /// <returns>True when the agent has no such mode, and says so before it starts a process.</returns>
    private static async Task<bool> RefusesAsync(AgentRig rig, AgentMode mode)
    {
        if (rig.Adapter.Capabilities.Modes.Contains(mode))
            return false;
        var failed = Assert.IsType<AgentStartResult.Failed>(await rig.Adapter.StartAsync(rig.Start(mode), Cancellation));
        Assert.Equal("mode_unsupported", failed.Code);
        Assert.Empty(rig.Alive);
        return true;
    }
}
