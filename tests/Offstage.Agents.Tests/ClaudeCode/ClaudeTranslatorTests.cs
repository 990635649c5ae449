using System.Text.Json;
using Offstage.Agents.ClaudeCode;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.Tests.ClaudeCode;

/// <summary>What the real program was not made to say: in the shapes of the public Agent SDK.</summary>
public sealed class ClaudeTranslatorTests
{
    private const string Session = "00000000-0000-0000-0000-000000000000";
    private const string Idle = """{"type":"system","subtype":"session_state_changed","state":"idle"}""";
    private const string Running = """{"type":"system","subtype":"session_state_changed","state":"running"}""";
    private const string Success = """{"type":"result","subtype":"success","is_error":false,"total_cost_usd":1.5}""";

    private readonly ClaudeTranslator translator = new(Session, AgentMode.Ask);

    [Fact]
    public void A_rest_without_a_result_ends_the_turn_after_its_grace_S3()
    {
        Begin();
        Assert.Empty(Told(Idle));
        Assert.Equal(ClaudeReplay.Now + ClaudeTranslator.Grace, translator.GraceEndsAt);

        Assert.Equal([new AgentEvent.Reported(AgentReport.Ready, null)], translator.EndGrace());
        Assert.False(translator.IsBusy);
    }

    [Fact]
    public void A_result_that_comes_within_the_grace_is_the_end_after_all()
    {
        Begin();
        Told(Idle);

        Assert.Equal(new AgentEvent.TurnEnded(AgentTurnOutcome.Completed, null), Told(Success)[^1]);
        Assert.Null(translator.GraceEndsAt);
    }

    [Fact]
    public void A_result_without_a_rest_ends_the_turn_after_its_grace()
    {
        Begin();
        Assert.IsType<AgentEvent.UsageReported>(Assert.Single(Told(Success)));

        Assert.Equal([new AgentEvent.TurnEnded(AgentTurnOutcome.Completed, null)], translator.EndGrace());
    }

    [Fact]
    public void What_was_added_too_late_may_still_begin_another_round_of_the_turn()
    {
        Begin();
        Assert.True(translator.OnSteer("s"));
        Told(Success);
        Assert.Empty(Told(Idle));
        Assert.NotNull(translator.GraceEndsAt);
        Assert.Empty(Told(Running));
        Assert.Null(translator.GraceEndsAt);
        Told("""{"type":"user","isReplay":true,"uuid":"s","message":{"content":[{"type":"text","text":"more"}]}}""");
        Told(Success);

        Assert.Equal([new AgentEvent.TurnEnded(AgentTurnOutcome.Completed, null)], Told(Idle));
    }

    [Fact]
    public void Nothing_is_added_to_a_turn_whose_result_is_there()
    {
        Assert.False(translator.OnSteer("s"));
        Begin();
        Told(Success);

        Assert.False(translator.OnSteer("s"));
    }

    [Fact]
    public void A_turn_that_nobody_asked_for_is_raw_and_may_do_nothing()
    {
        Told(Running);
        Assert.IsType<AgentEvent.Raw>(Assert.Single(Told(Call("Bash"))));
        var asked = Receive(Ask("Bash"));
        Assert.IsType<AgentEvent.Raw>(Assert.Single(asked.Events));
        Assert.Contains("deny", asked.Reply!.ToJsonString(), StringComparison.Ordinal);
        Assert.IsType<AgentEvent.Raw>(Assert.Single(Told(Success)));

        // A prompt that comes meanwhile begins when Claude takes it up, and not with what runs.
        var confirmed = translator.OnPrompt("p")!;
        Assert.Null(translator.OnPrompt("another"));
        Assert.Empty(Told(Running));
        Assert.False(confirmed.IsCompleted);
        Told(Idle);
        Assert.Equal([new AgentEvent.TurnStarted()], Told(Running));
        Assert.True(confirmed.IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData("""{"type":"result","subtype":"success","is_error":true,"result":"no credit"}""", AgentTurnOutcome.Failed, "no credit")]
    [InlineData("""{"type":"result","subtype":"error_during_execution","is_error":true,"errors":["broke"]}""", AgentTurnOutcome.Failed, "broke")]
    [InlineData("""{"type":"result","subtype":"error_during_execution","terminal_reason":"aborted_tools"}""", AgentTurnOutcome.Interrupted, null)]
    [InlineData("""{"type":"result","subtype":"error_max_turns","is_error":true}""", AgentTurnOutcome.Failed, "limit of steps")]
    [InlineData("""{"type":"result","subtype":"error_max_budget_usd","is_error":true}""", AgentTurnOutcome.Failed, "limit of cost")]
    [InlineData("""{"type":"result","subtype":"error_of_the_future","is_error":true}""", AgentTurnOutcome.Failed, "error_of_the_future")]
    public void Every_kind_of_result_is_told_apart(string result, AgentTurnOutcome outcome, string? error)
    {
        Begin();
        Told(result);

        var end = Assert.IsType<AgentEvent.TurnEnded>(Told(Idle)[^1]);

        Assert.Equal(outcome, end.Outcome);
        Assert.Contains(error ?? "", end.Error ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"system","subtype":"informational","level":"warning","content":"m"}""", NoticeLevel.Warning, "m")]
    [InlineData("""{"type":"system","subtype":"notification","text":"m"}""", NoticeLevel.Info, "m")]
    [InlineData("""{"type":"system","subtype":"local_command_output","content":"m"}""", NoticeLevel.Info, "m")]
    [InlineData("""{"type":"system","subtype":"permission_denied","tool_name":"Bash","message":"m"}""", NoticeLevel.Warning, "Bash was not allowed: m")]
    [InlineData("""{"type":"system","subtype":"status","compact_result":"failed","compact_error":"m"}""", NoticeLevel.Warning, "Compacting failed: m")]
    [InlineData("""{"type":"system","subtype":"compact_boundary","uuid":"u"}""", NoticeLevel.Info, "Claude compacted the conversation.")]
    [InlineData("""{"type":"auth_status","error":"m"}""", NoticeLevel.Error, "m")]
    public void Notices_have_a_level(string told, NoticeLevel level, string text) =>
        Assert.Equal([new AgentEvent.Notice(level, text)], Told(told));

    [Theory]
    [InlineData("""{"type":"system","subtype":"hook_started"}""", "system/hook_started")]
    [InlineData("""{"type":"system","subtype":"task_progress"}""", "system/task_progress")]
    [InlineData("""{"type":"of_the_future"}""", "of_the_future")]
    [InlineData("""{"no":"type"}""", "unknown")]
    [InlineData("""{"type":"rate_limit_event","rate_limit_info":{"status":"allowed"}}""", "rate_limit_event")]
    public void What_no_case_describes_is_raw(string told, string kind) =>
        Assert.Equal(kind, Assert.IsType<AgentEvent.Raw>(Assert.Single(Told(told))).Kind);

    [Fact]
    public void A_compaction_in_a_turn_is_an_item()
    {
        Begin();
        var told = Told("""{"type":"system","subtype":"compact_boundary","uuid":"u"}""");

        Assert.IsType<ItemBody.Compaction>(Assert.IsType<AgentEvent.ItemCompleted>(Assert.Single(told)).Item.Body);
    }

    [Fact]
    public void Another_session_id_is_another_cursor() => Assert.Equal(
        [new AgentEvent.CursorChanged(new ResumeCursor("claude", "another"))],
        Told("""{"type":"system","subtype":"init","session_id":"another"}"""));

    [Fact]
    public void What_is_not_known_is_refused_and_a_dialog_is_cancelled()
    {
        Assert.Contains("\"subtype\":\"error\"", Asked("""{"subtype":"hook_callback"}"""), StringComparison.Ordinal);
        Assert.Contains("cancelled", Asked("""{"subtype":"request_user_dialog","dialog_kind":"x"}"""), StringComparison.Ordinal);
    }

    [Fact]
    public void A_form_of_an_mcp_server_is_questions_answered_in_their_types()
    {
        Begin();
        Receive("""
            {"type":"control_request","request_id":"r","request":{"subtype":"elicitation","mcp_server_name":"s","message":"Which?",
             "requested_schema":{"properties":{"count":{"type":"integer"},"deep":{"type":"boolean"}}}}}
            """);

        var answer = translator.TakeRequest("r", new RequestAnswer.Answers(
            new Dictionary<string, IReadOnlyList<string>> { ["count"] = ["3"], ["deep"] = ["true"] }));

        Assert.Contains("""{"action":"accept","content":{"count":3,"deep":true}}""", answer!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Answers_go_back_by_the_text_of_their_question()
    {
        Begin();
        Receive("""
            {"type":"control_request","request_id":"r","request":{"subtype":"can_use_tool","tool_name":"AskUserQuestion",
             "input":{"questions":[{"question":"A?"},{"question":"B?","multiSelect":true}]}}}
            """);
        Assert.Throws<ArgumentException>(() => translator.TakeRequest("r", new RequestAnswer.Approve()));

        var answer = translator.TakeRequest("r", new RequestAnswer.Answers(
            new Dictionary<string, IReadOnlyList<string>> { ["q1"] = ["x"], ["q2"] = ["y", "z"] }));

        Assert.Contains("""{"A?":"x","B?":"y, z"}""", answer!.ToJsonString(), StringComparison.Ordinal);
        Assert.Null(translator.TakeRequest("r", new RequestAnswer.Decline()));
    }

    [Fact]
    public void An_approval_for_the_session_keeps_the_rule_in_the_session_and_nothing_else()
    {
        Begin();
        Receive("""
            {"type":"control_request","request_id":"r","request":{"subtype":"can_use_tool","tool_name":"Bash","input":{"command":"make"},
             "permission_suggestions":[
              {"type":"addRules","rules":[{"toolName":"Bash","ruleContent":"make"}],"behavior":"allow","destination":"localSettings"},
              {"type":"setMode","mode":"acceptEdits","destination":"session"}]}}
            """);

        var answer = translator.TakeRequest("r", new RequestAnswer.Approve(ForSession: true))!.ToJsonString();

        Assert.Contains("\"destination\":\"session\"", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("localSettings", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("setMode", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AgentMode.Edit, null, true)]
    [InlineData(AgentMode.Edit, "workingDir", false)]
    [InlineData(AgentMode.Edit, "safetyCheck", false)]
    [InlineData(AgentMode.Auto, "safetyCheck", true)]
    [InlineData(AgentMode.Ask, null, false)]
    public void A_change_is_free_by_the_mode_and_the_place(AgentMode mode, string? reason, bool free)
    {
        translator.Mode = mode;
        Begin();

        Assert.Equal(free, Receive(Ask("Write", reason)).Reply is not null);
    }

    [Theory]
    [InlineData("Read", "allow")]
    [InlineData("WebFetch", "allow")]
    [InlineData("Bash", "deny")]
    [InlineData("mcp__s__t", "deny")]
    public void Planning_looks_and_does_nothing_else(string tool, string behavior)
    {
        translator.Mode = AgentMode.Plan;
        Begin();
        var asked = Receive(Ask(tool));

        Assert.Empty(asked.Events);
        Assert.Contains($"\"behavior\":\"{behavior}\"", asked.Reply!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void After_an_approval_for_the_session_changes_are_not_asked_again()
    {
        Begin();
        var opened = Assert.IsType<AgentEvent.RequestOpened>(Assert.Single(Receive(Ask("Write")).Events));
        Assert.True(opened.OffersSession);
        translator.TakeRequest(opened.Key, new RequestAnswer.Approve(ForSession: true));

        Assert.NotNull(Receive(Ask("Edit", key: "r2")).Reply);
        Assert.Null(Receive(Ask("Bash", key: "r3")).Reply);
    }

    [Fact]
    public void Late_words_of_an_ended_turn_are_raw()
    {
        Begin();
        Told(Success);
        Told(Idle);

        Assert.IsType<AgentEvent.Raw>(Assert.Single(Told(Call("Bash"))));
        Assert.IsType<AgentEvent.Raw>(Assert.Single(Told("""{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"t"}]}}""")));
        Assert.Empty(Told("""{"type":"stream_event","event":{"type":"message_start","message":{"id":"m"}}}"""));
    }

    [Fact]
    public void A_message_that_breaks_off_keeps_its_text_and_the_next_has_its_own()
    {
        Begin();
        Told("""{"type":"stream_event","event":{"type":"message_start","message":{"id":"m1"}}}""");
        Told("""{"type":"stream_event","event":{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}}""");
        Told("""{"type":"stream_event","event":{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"half a"}}}""");

        var told = Told("""{"type":"stream_event","event":{"type":"message_start","message":{"id":"m2"}}}""");

        Assert.Equal(
            new Item("m1:0", ItemStatus.Failed, new ItemBody.Message("half a")), Assert.IsType<AgentEvent.ItemCompleted>(Assert.Single(told)).Item);
    }

    private static string Call(string tool) =>
        $$$"""{"type":"assistant","uuid":"u","message":{"id":"m","content":[{"type":"tool_use","id":"t","name":"{{{tool}}}","input":{}}]}}""";

    private static string Ask(string tool, string? reason = null, string key = "r") => $$"""
        {"type":"control_request","request_id":"{{key}}","request":
         {"subtype":"can_use_tool","tool_name":"{{tool}}","input":{},"tool_use_id":"t","decision_reason_type":"{{reason}}"} }
        """;

    private string Asked(string request) =>
        Receive($$"""{"type":"control_request","request_id":"r","request":{{request}} }""").Reply!.ToJsonString();

    private void Begin()
    {
        translator.OnPrompt("p");
        Assert.Equal([new AgentEvent.TurnStarted()], Told(Running));
    }

    private Reaction Receive(string told) => translator.Receive(JsonElement.Parse(told), ClaudeReplay.Now);

    private IReadOnlyList<AgentEvent> Told(string told) => Receive(told).Events;
}
