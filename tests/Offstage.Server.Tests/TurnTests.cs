using System.Text.Json.Nodes;

namespace Offstage.Server.Tests;

/// <summary>Whole ways through the real server with the script agent in a real sandbox.</summary>
public sealed class TurnTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_task_becomes_a_diff_a_checkpoint_and_a_commit_by_the_person_who_asked()
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(server.Repository, "dirty.txt"), "mine", Stop);
        string session = await server.CreateAsync("echo hi > b.txt\n@say done", b => b["author"] = new JsonObject { ["name"] = "Cleo", ["email"] = "cleo@example.org" });
        await server.WaitForEventAsync(session, "branch.committed");

        var view = await server.SessionAsync(session);
        Assert.Equal("idle", (string?)view["status"]);
        Assert.Equal("The last turn is done.", (string?)view["explanation"]!["why"]);
        string branch = (string)view["workspace"]!["branch"]!;
        Assert.Equal("Cleo <cleo@example.org>: echo hi > b.txt", (await TestServer.GitAsync(server.Repository, "log", "-1", "--format=%an <%ae>: %s", branch)).Trim());
        Assert.Equal("hi", (await TestServer.GitAsync(server.Repository, "show", $"{branch}:b.txt")).Trim());
        Assert.Equal("?? dirty.txt", (await TestServer.GitAsync(server.Repository, "status", "--porcelain")).Trim());

        var diff = await server.GetAsync($"/v1/sessions/{session}/diff");
        Assert.Equal("b.txt", (string?)diff["files"]![0]!["path"]);
        Assert.Contains("+hi", (string?)diff["patch"], StringComparison.Ordinal);
        var turns = await server.GetAsync($"/v1/sessions/{session}/turns");
        Assert.Equal(1, (int?)turns["turns"]![0]!["checkpoint"]!["number"]);
    }

    [Fact]
    public async Task The_workspace_goes_back_to_a_checkpoint_and_the_next_turn_starts_from_there()
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync("echo one > f.txt");
        await server.WaitForEventAsync(session, "checkpoint.captured", 2);
        await server.PromptAsync(session, "echo two > f.txt; echo more > g.txt");
        await server.WaitForEventAsync(session, "checkpoint.captured", 3);
        await server.PostAsync($"/v1/sessions/{session}/revert", new JsonObject { ["checkpoint"] = 1 });
        await server.PromptAsync(session, "cat f.txt; ls");
        await server.WaitForTurnAsync(session, 3);

        string? output = (await server.EventsAsync(session))
            .Last(e => (string?)e["kind"] == "item.completed")["data"]!["item"]!["body"]!["output"]?.GetValue<string>();
        Assert.Contains("README.md", output, StringComparison.Ordinal);
        Assert.DoesNotContain("g.txt", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_driver_that_fails_leaves_a_failed_session_with_a_reason_a_retry_and_no_sandbox_S2_B1()
    {
        await using var server = await TestServer.StartAsync();
        string nowhere = Path.Combine(server.Folder, "nowhere");
        string session = await server.CreateAsync("echo hi", b => b["workspace"]!["path"] = nowhere);
        var failed = await server.WaitForAsync(session, e => (string?)e["kind"] == "session.failed", "the failure");
        await server.WaitForAsync(session, e => (string?)e["kind"] == "sandbox.destroyed", "the clean-up", after: (long)failed["sequence"]!);

        var view = await server.SessionAsync(session);
        Assert.Equal(("failed", "repository_not_found"), ((string?)view["status"], (string?)view["failure"]!["code"]));
        var listed = await server.GetAsync("/v1/sessions?status=failed");
        Assert.Equal(session, (string?)listed["sessions"]![0]!["id"]);
        Assert.Empty(server.SandboxFolders());

        Needs.Bubblewrap();
        await TestServer.GitAsync(server.Folder, "clone", "-q", server.Repository, nowhere);
        await server.PostAsync($"/v1/sessions/{session}/retry");
        await server.WaitForAsync(
            session, e => e["data"]!["outcome"]?["type"]?.GetValue<string>() == "completed", "the retried turn", after: (long)failed["sequence"]!);
    }

    [Fact]
    public async Task A_rejected_cursor_does_not_stop_the_turn_and_the_fresh_agent_knows_the_conversation_S6()
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync(limits: l => l with { IdleTimeoutMs = 1000 });
        string session = await server.CreateAsync("@say the word is apricot\n@reject-cursor");
        await server.WaitForEventAsync(session, "sandbox.stopped");
        await server.PromptAsync(session, "@prompt");
        var outcome = await server.WaitForTurnAsync(session, 2);

        Assert.Equal("completed", (string?)outcome["type"]);
        var events = await server.EventsAsync(session);
        Assert.Contains(events, e => (string?)e["kind"] == "agent.cursor_forgotten");
        string said = events.Last(e => (string?)e["kind"] == "item.completed").ToJsonString();
        Assert.Contains("apricot", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_during_execution_fails_the_turn_with_its_text_forgets_the_cursor_and_the_next_prompt_works_S6()
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync();
        foreach (string streamed in (string[])["", "@say so far so good\n@delta 20\n"])
        {
            string session = await server.CreateAsync($"{streamed}@fail the context is gone");
            var outcome = await server.WaitForTurnAsync(session);
            Assert.Equal("the context is gone", (string?)outcome["failure"]!["message"]);
            Assert.Contains(await server.EventsAsync(session), e => (string?)e["kind"] == "agent.cursor_forgotten");

            await server.PromptAsync(session, "@say and on");
            Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session, 2))["type"]);
        }
    }

    [Theory]
    [InlineData("ready", "completed")]
    [InlineData("interrupted", "interrupted")]
    [InlineData("stopped", "interrupted")]
    [InlineData("error", "failed")]
    public async Task An_agent_that_reports_a_resting_state_and_never_ends_its_turn_leaves_no_active_turn_S3(string state, string outcome)
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync(limits: l => l with { IdleTimeoutMs = 1000 });
        string session = await server.CreateAsync($"@say hm\n@end {state}");
        Assert.Equal(outcome, (string?)(await server.WaitForTurnAsync(session))["type"]);

        await server.WaitForEventAsync(session, "sandbox.stopped");
        var view = await server.SessionAsync(session);
        Assert.Equal("idle", (string?)view["status"]);
        Assert.Null(view["turn"]);
    }

    [Fact]
    public async Task A_start_reported_in_the_middle_of_a_turn_keeps_the_turn_and_late_events_change_nothing_S3_S8()
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync("@started\n@say still here\n@late");
        await server.PromptAsync(session, "@say second\n@sleep 0.2\n@say third");
        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session, 1))["type"]);
        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session, 2))["type"]);

        var said = (await server.EventsAsync(session)).Where(e => (string?)e["kind"] == "item.completed")
            .Select(e => e["data"]!["item"]!["body"]!["text"]?.GetValue<string>());
        Assert.Equal(["still here", "second", "third"], said);
    }

    [Theory]
    [InlineData("@crash", "agent_exited")]
    [InlineData("@garbage", "agent_protocol_error")]
    [InlineData("@flood 17000000", "agent_protocol_error")]
    public async Task An_agent_that_breaks_fails_its_turn_and_not_the_server(string act, string code)
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync(act);
        var outcome = await server.WaitForTurnAsync(session);
        Assert.Equal(code, (string?)outcome["failure"]!["code"]);

        await server.PromptAsync(session, "@say again");
        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session, 2))["type"]);
    }

    [Fact]
    public async Task A_question_waits_for_a_person_and_the_answer_reaches_the_agent()
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync("@ask Which colour?");
        await server.WaitForEventAsync(session, "request.opened");
        var view = await server.SessionAsync(session);
        Assert.Equal("awaiting_input", (string?)view["status"]);
        var request = view["requests"]![0]!;
        var answers = new JsonObject { ["type"] = "answers", ["byQuestion"] = new JsonObject { [(string)request["body"]!["items"]![0]!["id"]!] = new JsonArray("mauve") } };
        await server.PostAsync($"/v1/sessions/{session}/requests/{(string)request["id"]!}/answer", new JsonObject { ["answer"] = answers });

        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session))["type"]);
        Assert.Contains(await server.EventsAsync(session), e => e.ToJsonString().Contains("mauve", StringComparison.Ordinal) && (string?)e["kind"] == "item.completed");
    }

    [Fact]
    public async Task Stop_ends_a_command_tree_that_ignores_SIGTERM_S9()
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync("trap '' TERM INT HUP; (setsid sh -c \"trap '' TERM; sleep 600\" &) ; sleep 600 & echo up; wait\n@hang");
        await server.WaitForEventAsync(session, "item.started");
        string sandbox = Assert.Single(server.SandboxFolders());
        Assert.NotEmpty(TestServer.ProcessesOf(sandbox));
        await server.PostAsync($"/v1/sessions/{session}/interrupt");
        Assert.Equal("stopped", (string?)(await server.WaitForTurnAsync(session))["reason"]);

        await server.PostAsync($"/v1/sessions/{session}/archive");
        await server.WaitForEventAsync(session, "sandbox.destroyed");
        Assert.Empty(TestServer.ProcessesOf(sandbox));
    }

    [Fact]
    public async Task An_agent_that_ignores_the_interrupt_is_killed_and_nothing_of_it_is_left_S9()
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync("@say here\n@hang");
        await server.WaitForEventAsync(session, "item.completed");
        string sandbox = Assert.Single(server.SandboxFolders());
        await server.PostAsync($"/v1/sessions/{session}/interrupt");
        await server.WaitForEventAsync(session, "turn.stop_forced");
        Assert.Equal("interrupted", (string?)(await server.WaitForTurnAsync(session))["type"]);

        Assert.Empty(TestServer.ProcessesOf(sandbox));
        await server.PromptAsync(session, "@say alive");
        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session, 2))["type"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_running_session_that_is_archived_or_deleted_leaves_no_agent_and_no_sandbox(bool archive)
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync("echo kept > kept.txt\n@hang");
        await server.WaitForEventAsync(session, "item.completed");
        string sandbox = Assert.Single(server.SandboxFolders());
        string branch = (string)(await server.SessionAsync(session))["workspace"]!["branch"]!;
        if (archive)
        {
            await server.PostAsync($"/v1/sessions/{session}/archive");
            await server.WaitForEventAsync(session, "sandbox.destroyed");
            Assert.Equal("kept", (await TestServer.GitAsync(server.Repository, "show", $"{branch}:kept.txt")).Trim());
            await server.PostAsync($"/v1/sessions/{session}/unarchive");
            await server.PromptAsync(session, "cat kept.txt");
            Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session, 2))["type"]);
        }
        else
        {
            using var gone = await server.Http.DeleteAsync($"/v1/sessions/{session}", Stop);
            Assert.Equal(System.Net.HttpStatusCode.NoContent, gone.StatusCode);
            using var after = await server.Http.GetAsync($"/v1/sessions/{session}", Stop);
            Assert.Equal(System.Net.HttpStatusCode.NotFound, after.StatusCode);
            string refs = Path.Combine(server.Repository, ".git", "refs", "offstage", "checkpoints", session);
            await WaitUntilAsync(() => server.SandboxFolders().Count == 0 && !Directory.Exists(refs), "sandbox and checkpoints were not removed");
        }

        Assert.Empty(TestServer.ProcessesOf(sandbox));
        Assert.DoesNotContain(sandbox, archive ? [] : server.SandboxFolders());
    }

    [Fact]
    public async Task A_server_that_is_stopped_in_the_middle_of_a_turn_comes_back_with_the_turn_ended_as_agent_lost()
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync("@say begun\n@hang");
        await server.WaitForEventAsync(session, "item.completed");
        await server.RestartAsync();

        var outcome = await server.WaitForTurnAsync(session);
        Assert.Equal(("interrupted", "agent_lost"), ((string?)outcome["type"], (string?)outcome["reason"]));
        await server.PromptAsync(session, "@history");
        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session, 2))["type"]);
    }

    [Fact]
    public async Task A_fork_goes_on_from_the_files_and_the_conversation_of_another_session()
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync();
        string source = await server.CreateAsync("echo one > f.txt\n@say the number is 42");
        await server.WaitForEventAsync(source, "branch.committed");
        var fork = await server.PostAsync($"/v1/sessions/{source}/fork", new JsonObject { ["prompt"] = "cat f.txt\n@prompt" });
        string session = (string)fork["id"]!;
        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session))["type"]);

        string all = string.Join('\n', (await server.EventsAsync(session)).Where(e => (string?)e["kind"] == "item.completed"));
        Assert.Contains("one\\n", all, StringComparison.Ordinal);
        Assert.Contains("the number is 42", all, StringComparison.Ordinal);
    }

    /// <summary>For what no event tells: the end of a deletion, after which there is no session to ask.</summary>
    private static async Task WaitUntilAsync(Func<bool> holds, string otherwise)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (int i = 0; i < 1500; i++)
        {
            if (holds())
                return;
            await ticks.WaitForNextTickAsync(Stop);
        }

        Assert.Fail(otherwise);
    }
}
