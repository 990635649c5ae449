using System.Text.Json;
using Offstage.Agents.Codex;
using Offstage.Contracts;
using Offstage.Processes.JsonRpc;

namespace Offstage.Agents.Tests.Codex;

/// <summary>Every kind of item, delta, notice and request of the schema, in the shape that the schema gives it.</summary>
public sealed class CodexTranslatorTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly CodexTranslator translator = new();
    private long nextRequest = 8;

    public CodexTranslatorTests()
    {
        translator.OnThread("T");
        Assert.IsType<AgentEvent.TurnStarted>(Assert.Single(Told("turn/started", """{"threadId":"T","turn":{"id":"1"}}""")));
    }

    [Theory]
    [InlineData("""{"type":"userMessage","id":"i","content":[{"type":"text","text":"do it"},{"type":"localImage","path":"/a.png"}]}""", "user_message", "do it")]
    [InlineData("""{"type":"agentMessage","id":"i","text":"done"}""", "message", "done")]
    [InlineData("""{"type":"plan","id":"i","text":"first, then"}""", "plan", "first, then")]
    [InlineData("""{"type":"reasoning","id":"i","summary":["short"],"content":[]}""", "reasoning", "short")]
    [InlineData("""{"type":"reasoning","id":"i","summary":["short"],"content":["the long way"]}""", "reasoning", "the long way")]
    [InlineData("""{"type":"commandExecution","id":"i","command":"ls","cwd":"/w","status":"failed","aggregatedOutput":"no\n","exitCode":2,"durationMs":7}""", "command", "\"exitCode\":2")]
    [InlineData("""{"type":"fileChange","id":"i","status":"completed","changes":[{"path":"a","kind":{"type":"update","move_path":"b"},"diff":"@@"}]}""", "file_change", "\"kind\":\"move\"")]
    [InlineData("""{"type":"mcpToolCall","id":"i","server":"s","tool":"t","status":"completed","arguments":{"a":1},"result":{"content":[{"type":"text","text":"found"}]}}""", "tool_call", "found")]
    [InlineData("""{"type":"mcpToolCall","id":"i","server":"s","tool":"t","status":"failed","arguments":{},"error":{"message":"broke"}}""", "tool_call", "broke")]
    [InlineData("""{"type":"dynamicToolCall","id":"i","namespace":"n","tool":"t","status":"completed","arguments":{},"contentItems":[{"type":"inputText","text":"ok"}]}""", "tool_call", "ok")]
    [InlineData("""{"type":"functionCallOutput","id":"i","name":"f","output":"said"}""", "tool_call", "said")]
    [InlineData("""{"type":"collabAgentToolCall","id":"i","tool":"spawnAgent","status":"inProgress","senderThreadId":"T","receiverThreadIds":["C"],"agentsStates":{}}""", "tool_call", "spawnAgent")]
    [InlineData("""{"type":"webSearch","id":"i","query":"how"}""", "web_search", "how")]
    [InlineData("""{"type":"contextCompaction","id":"i"}""", "compaction", "compaction")]
    [InlineData("""{"type":"hookPrompt","id":"i","fragments":[]}""", "raw", "hookPrompt")]
    [InlineData("""{"type":"subAgentActivity","id":"i","agentPath":"p","agentThreadId":"C","kind":"k"}""", "raw", "subAgentActivity")]
    [InlineData("""{"type":"imageView","id":"i","path":"/a"}""", "raw", "imageView")]
    [InlineData("""{"type":"sleep","id":"i","durationMs":5}""", "raw", "sleep")]
    [InlineData("""{"type":"imageGeneration","id":"i","result":"x"}""", "raw", "imageGeneration")]
    [InlineData("""{"type":"enteredReviewMode","id":"i","review":"r"}""", "raw", "enteredReviewMode")]
    [InlineData("""{"type":"exitedReviewMode","id":"i","review":"r"}""", "raw", "exitedReviewMode")]
    [InlineData("""{"type":"ofTheFuture","id":"i","what":"ever"}""", "raw", "ofTheFuture")]
    public void Every_kind_of_item_has_a_body(string item, string kind, string contains)
    {
        var told = $$"""{"threadId":"T","turnId":"1","item":{{item}}}""";
        var started = Assert.IsType<AgentEvent.ItemStarted>(Assert.Single(Told("item/started", told)));
        var completed = Assert.IsType<AgentEvent.ItemCompleted>(Assert.Single(Told("item/completed", told)));

        var body = JsonSerializer.Serialize(completed.Item.Body, JsonSerializerOptions.Web);
        Assert.Contains($"\"type\":\"{kind}\"", body, StringComparison.Ordinal);
        Assert.Contains(contains, body, StringComparison.Ordinal);
        Assert.Equal("i", started.Item.Id);
    }

    [Theory]
    [InlineData("item/agentMessage/delta", DeltaKind.Message)]
    [InlineData("item/reasoning/textDelta", DeltaKind.Reasoning)]
    [InlineData("item/reasoning/summaryTextDelta", DeltaKind.Reasoning)]
    [InlineData("item/commandExecution/outputDelta", DeltaKind.CommandOutput)]
    [InlineData("item/plan/delta", DeltaKind.Plan)]
    [InlineData("item/fileChange/outputDelta", DeltaKind.FileChange)]
    public void Every_kind_of_delta_has_a_stream(string method, DeltaKind kind) => Assert.Equal(
        [new AgentEvent.Delta("i", kind, "more")],
        Told(method, """{"threadId":"T","turnId":"1","itemId":"i","delta":"more"}"""));

    [Fact]
    public void Parts_of_a_reasoning_summary_are_paragraphs()
    {
        Assert.Empty(Told("item/reasoning/summaryPartAdded", """{"threadId":"T","turnId":"1","itemId":"i","summaryIndex":0}"""));
        Assert.Equal(
            [new AgentEvent.Delta("i", DeltaKind.Reasoning, "\n\n")],
            Told("item/reasoning/summaryPartAdded", """{"threadId":"T","turnId":"1","itemId":"i","summaryIndex":1}"""));
    }

    [Theory]
    [InlineData("warning", """{"message":"m"}""", NoticeLevel.Warning, "m")]
    [InlineData("guardianWarning", """{"threadId":"T","message":"m"}""", NoticeLevel.Warning, "m")]
    [InlineData("configWarning", """{"summary":"s","details":"d"}""", NoticeLevel.Warning, "s d")]
    [InlineData("deprecationNotice", """{"summary":"s"}""", NoticeLevel.Info, "s")]
    [InlineData("thread/compacted", """{"threadId":"T","turnId":"1"}""", NoticeLevel.Info, "Codex compacted the conversation.")]
    [InlineData("model/rerouted", """{"threadId":"T","turnId":"1","fromModel":"a","toModel":"b","reason":"x"}""", NoticeLevel.Warning, "Codex changed the model from a to b.")]
    [InlineData("modelProvider/authRecoveryStarted", """{"threadId":"T","turnId":"1","provider":"p","message":"m"}""", NoticeLevel.Info, "m")]
    [InlineData("error", """{"threadId":"T","turnId":"1","willRetry":true,"error":{"message":"Reconnecting","additionalDetails":"busy"}}""", NoticeLevel.Warning, "Reconnecting (busy)")]
    public void Warnings_are_notices(string method, string told, NoticeLevel level, string text)
    {
        Assert.Equal([new AgentEvent.Notice(level, text)], Told(method, told));
        Assert.Null(translator.GraceEndsAt);
    }

    [Fact]
    public void A_plan_is_one_item_that_grows_and_ends_with_the_turn()
    {
        const string plan = """{"threadId":"T","turnId":"1","explanation":"why","plan":[{"step":"a","status":"completed"},{"step":"b","status":"pending"}]}""";
        var started = Assert.IsType<AgentEvent.ItemStarted>(Assert.Single(Told("turn/plan/updated", plan)));
        Assert.IsType<AgentEvent.ItemUpdated>(Assert.Single(Told("turn/plan/updated", plan)));
        var ended = Told("turn/completed", """{"threadId":"T","turn":{"id":"1","status":"completed"}}""");

        var body = Assert.IsType<ItemBody.Plan>(started.Item.Body);
        Assert.Equal([new PlanStep("a", ItemStatus.Completed), new PlanStep("b", ItemStatus.InProgress)], body.Steps);
        Assert.Equal((started.Item.Id, ItemStatus.Completed), (((AgentEvent.ItemCompleted)ended[0]).Item.Id, ((AgentEvent.ItemCompleted)ended[0]).Item.Status));
    }

    [Fact]
    public void A_patch_updates_its_item_and_begins_one_that_was_not_told()
    {
        const string patch = """{"threadId":"T","turnId":"1","itemId":"i","changes":[{"path":"a","kind":{"type":"delete"},"diff":""}]}""";
        Assert.IsType<AgentEvent.ItemStarted>(Assert.Single(Told("item/fileChange/patchUpdated", patch)));
        Assert.IsType<AgentEvent.ItemUpdated>(Assert.Single(Told("item/fileChange/patchUpdated", patch)));
    }

    [Fact]
    public void Name_diff_and_usage_are_told()
    {
        Assert.Equal([new AgentEvent.TitleSuggested("Fix it")], Told("thread/name/updated", """{"threadId":"T","threadName":"Fix it"}"""));
        Assert.Equal([new AgentEvent.DiffReported("+a")], Told("turn/diff/updated", """{"threadId":"T","turnId":"1","diff":"+a"}"""));
        Assert.Equal(
            [new AgentEvent.UsageReported(new TokenUsage(10, 4, 3, 1, 6, 100, null))],
            Told("thread/tokenUsage/updated", """{"threadId":"T","turnId":"1","tokenUsage":{"total":{"inputTokens":10,"cachedInputTokens":4,"outputTokens":3,"reasoningOutputTokens":1,"totalTokens":13},"last":{"totalTokens":6},"modelContextWindow":100}}"""));
    }

    [Fact]
    public void An_idle_thread_waits_for_the_turns_own_end()
    {
        Assert.Empty(Told("thread/status/changed", """{"threadId":"T","status":{"type":"idle"}}"""));
        Assert.Equal(Now + CodexTranslator.Grace, translator.GraceEndsAt);

        Assert.Equal(
            [new AgentEvent.TurnEnded(AgentTurnOutcome.Completed, null)],
            Told("turn/completed", """{"threadId":"T","turn":{"id":"1","status":"completed"}}"""));
        Assert.Null(translator.GraceEndsAt);
        Assert.Empty(translator.EndGrace());
    }

    [Fact]
    public void An_idle_thread_without_the_turns_end_is_ready_after_the_grace_and_the_late_end_is_raw()
    {
        Told("thread/status/changed", """{"threadId":"T","status":{"type":"idle"}}""");

        Assert.Equal([new AgentEvent.Reported(AgentReport.Ready, null)], translator.EndGrace());

        Assert.Null(translator.TurnId);
        Assert.IsType<AgentEvent.Raw>(Assert.Single(Told("turn/completed", """{"threadId":"T","turn":{"id":"1","status":"completed"}}""")));
    }

    [Fact]
    public void A_thread_that_goes_on_forgets_the_grace()
    {
        Told("thread/status/changed", """{"threadId":"T","status":{"type":"idle"}}""");
        Told("thread/status/changed", """{"threadId":"T","status":{"type":"active","activeFlags":[]}}""");

        Assert.Null(translator.GraceEndsAt);
    }

    [Fact]
    public void A_system_error_without_the_turns_end_is_an_error_after_the_grace()
    {
        Told("thread/status/changed", """{"threadId":"T","status":{"type":"systemError"}}""");

        Assert.Equal(AgentReport.Error, Assert.IsType<AgentEvent.Reported>(Assert.Single(translator.EndGrace())).Report);
    }

    [Fact]
    public void A_final_error_fails_the_turn_after_the_grace()
    {
        Told("error", """{"threadId":"T","turnId":"1","willRetry":false,"error":{"message":"no"}}""");
        Told("thread/status/changed", """{"threadId":"T","status":{"type":"active","activeFlags":[]}}""");

        Assert.Equal([new AgentEvent.TurnEnded(AgentTurnOutcome.Failed, "no")], translator.EndGrace());
    }

    [Theory]
    [InlineData("turn/completed", """{"threadId":"T","turn":{"id":"0","status":"completed"}}""")]
    [InlineData("turn/completed", """{"threadId":"C","turn":{"id":"1","status":"completed"}}""")]
    [InlineData("turn/started", """{"threadId":"T","turn":{"id":"2"}}""")]
    [InlineData("item/started", """{"threadId":"T","turnId":"0","item":{"type":"agentMessage","id":"i","text":""}}""")]
    [InlineData("item/agentMessage/delta", """{"threadId":"T","turnId":"0","itemId":"i","delta":"late"}""")]
    [InlineData("turn/diff/updated", """{"threadId":"T","turnId":"0","diff":"+"}""")]
    [InlineData("thread/status/changed", """{"threadId":"C","status":{"type":"idle"}}""")]
    [InlineData("of/the/future", """{"a":1}""")]
    public void What_is_of_another_turn_or_unknown_is_kept_raw_and_ends_nothing(string method, string told)
    {
        var raw = Assert.IsType<AgentEvent.Raw>(Assert.Single(Told(method, told)));

        Assert.Equal(method, raw.Kind);
        Assert.Equal("1", translator.TurnId);
        Assert.Null(translator.GraceEndsAt);
    }

    [Fact]
    public void Items_of_a_sub_agent_belong_to_the_item_that_started_it()
    {
        Told("item/started", """{"threadId":"T","turnId":"1","item":{"type":"collabAgentToolCall","id":"spawn","tool":"spawnAgent","status":"inProgress","senderThreadId":"T","receiverThreadIds":["C"],"agentsStates":{}}}""");

        var child = Assert.IsType<AgentEvent.ItemStarted>(Assert.Single(
            Told("item/started", """{"threadId":"C","turnId":"9","item":{"type":"agentMessage","id":"i","text":""}}""")));

        Assert.Equal("spawn", child.Item.ParentId);
    }

    [Theory]
    [InlineData("item/commandExecution/requestApproval", """{"itemId":"i","command":"ls","availableDecisions":["accept","acceptForSession","cancel"]}""", """{"decision":"accept"}""", """{"decision":"acceptForSession"}""", """{"decision":"decline"}""")]
    [InlineData("item/commandExecution/requestApproval", """{"itemId":"i","command":"ls","availableDecisions":["accept",{"acceptWithExecpolicyAmendment":{"execpolicy_amendment":["ls"]}},"cancel"]}""", """{"decision":"accept"}""", """{"decision":{"acceptWithExecpolicyAmendment":{"execpolicy_amendment":["ls"]}}}""", """{"decision":"decline"}""")]
    [InlineData("item/fileChange/requestApproval", """{"itemId":"i"}""", """{"decision":"accept"}""", """{"decision":"acceptForSession"}""", """{"decision":"decline"}""")]
    [InlineData("item/permissions/requestApproval", """{"itemId":"i","cwd":"/w","permissions":{"network":{"enabled":true}}}""", """{"permissions":{"network":{"enabled":true}},"scope":"turn"}""", """{"permissions":{"network":{"enabled":true}},"scope":"session"}""", """{"permissions":{},"scope":"turn"}""")]
    [InlineData("execCommandApproval", """{"callId":"i","command":["ls","-l"],"cwd":"/w"}""", """{"decision":"approved"}""", """{"decision":"approved_for_session"}""", """{"decision":{"denied":{"rejection":"declined by the person"}}}""")]
    [InlineData("applyPatchApproval", """{"callId":"i","fileChanges":{"a":{"type":"add","content":"x"}}}""", """{"decision":"approved"}""", """{"decision":"approved_for_session"}""", """{"decision":{"denied":{"rejection":"declined by the person"}}}""")]
    [InlineData("mcpServer/elicitation/request", """{"mode":"url","message":"Sign in","url":"http://x","elicitationId":"e","serverName":"s"}""", """{"action":"accept","content":{}}""", """{"action":"accept","content":{}}""", """{"action":"decline"}""")]
    public void Every_approval_has_three_answers(string method, string told, string yes, string always, string no)
    {
        Assert.Equal(yes, Answered(method, told, new RequestAnswer.Approve()));
        Assert.Equal(always, Answered(method, told, new RequestAnswer.Approve(ForSession: true)));
        Assert.Equal(no, Answered(method, told, new RequestAnswer.Decline()));
    }

    [Fact]
    public void Questions_are_answered_by_id()
    {
        const string told = """{"itemId":"i","isBlocking":true,"questions":[{"id":"q","header":"h","question":"Which?","isSecret":true}]}""";

        Assert.Equal("""{"answers":{"q":{"answers":["red","blue"]}}}""", Answered("item/tool/requestUserInput", told, Say("q", "red", "blue")));
        Assert.Equal("""{"answers":{}}""", Answered("item/tool/requestUserInput", told, new RequestAnswer.Decline()));
    }

    [Theory]
    [InlineData("""{"type":"string"}""", "text", "\"text\"")]
    [InlineData("""{"type":"integer"}""", "7", "7")]
    [InlineData("""{"type":"number"}""", "1.5", "1.5")]
    [InlineData("""{"type":"boolean"}""", "true", "true")]
    [InlineData("""{"type":"array","items":{"type":"string","enum":["a","b"]}}""", "a", "[\"a\"]")]
    [InlineData("""{"type":"string","oneOf":[{"const":"a","title":"A"}]}""", "a", "\"a\"")]
    public void A_form_of_an_mcp_server_is_questions_and_its_answer_has_the_types_of_the_fields(string field, string said, string value)
    {
        var told = $$$"""{"mode":"form","message":"Fill in","requestedSchema":{"type":"object","properties":{"f":{{{field}}} } } }""";

        Assert.Equal("{\"action\":\"accept\",\"content\":{\"f\":" + value + "}}", Answered("mcpServer/elicitation/request", told, Say("f", said)));
    }

    [Theory]
    [InlineData("item/tool/call")]
    [InlineData("account/chatgptAuthTokens/refresh")]
    [InlineData("attestation/generate")]
    [InlineData("currentTime/read")]
    [InlineData("of/the/future")]
    public void A_request_that_no_person_can_answer_is_refused_and_kept(string method)
    {
        var reaction = translator.Receive(new JsonRpcMessage.Request(new JsonRpcId(5), method, JsonElement.Parse("{}")), Now);

        Assert.True(reaction.IsUnknownRequest);
        Assert.IsType<AgentEvent.Raw>(Assert.Single(reaction.Events));
    }

    [Fact]
    public void A_request_is_closed_once_whoever_answered()
    {
        Open("item/fileChange/requestApproval", """{"threadId":"T","itemId":"i"}""", 3);

        Assert.Equal([new AgentEvent.RequestClosed("3")], Told("serverRequest/resolved", """{"threadId":"T","requestId":3}"""));
        Assert.Empty(Told("serverRequest/resolved", """{"threadId":"T","requestId":3}"""));
        Assert.Null(translator.TakeRequest("3", new RequestAnswer.Approve()));
    }

    [Fact]
    public void An_answer_of_the_wrong_kind_leaves_the_request_open()
    {
        Open("item/fileChange/requestApproval", """{"threadId":"T","itemId":"i"}""", 3);

        Assert.Throws<ArgumentException>(() => translator.TakeRequest("3", Say("q", "x")));
        Assert.NotNull(translator.TakeRequest("3", new RequestAnswer.Decline()));
    }

    private static RequestAnswer.Answers Say(string question, params string[] values) =>
        new(new Dictionary<string, IReadOnlyList<string>> { [question] = values });

    private string Answered(string method, string told, RequestAnswer answer)
    {
        long id = nextRequest++;
        Open(method, told, id);
        return translator.TakeRequest($"{id}", answer)!.Value.Result.ToJsonString();
    }

    private void Open(string method, string told, long id) => Assert.IsType<AgentEvent.RequestOpened>(Assert.Single(
        translator.Receive(new JsonRpcMessage.Request(new JsonRpcId(id), method, JsonElement.Parse(told)), Now).Events));

    private IReadOnlyList<AgentEvent> Told(string method, string told) =>
        translator.Receive(new JsonRpcMessage.Notification(method, JsonElement.Parse(told)), Now).Events;
}
