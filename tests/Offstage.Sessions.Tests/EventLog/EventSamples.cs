using System.Text.Json;
using Offstage.Contracts;
using static Offstage.Contracts.SessionEventBody;

namespace Offstage.Sessions.Tests.EventLog;

/// <summary>One of each kind of event, with every family of cases in it: what the golden files are made of.</summary>
internal static class EventSamples
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    private static readonly SandboxId Sandbox = new("sbx_00000000000000000000000001");
    private static readonly TurnId Turn = new("trn_00000000000000000000000001");
    private static readonly PromptId Prompt = new("prm_00000000000000000000000001");
    private static readonly RequestId Request = new("req_00000000000000000000000001");
    private static readonly AgentGeneration Generation = new(2);
    private static readonly Person Ann = new("Ann", "ann@example.org");

    private static readonly SessionSetup Setup = new(
        new HostId("hst_00000000000000000000000001"),
        new Workspace.Repository("/srv/repo", false, "main", "offstage/x"), "codex", "gpt", "high", AgentMode.Ask,
        new SandboxSetup(SandboxIsolation.Process, SandboxNetwork.None, 1 << 30, 64), SessionLimits.Default with { IdleTimeoutMs = 900_000 }, Ann);

    public static IReadOnlyList<(string Name, SessionEventBody Body)> All { get; } =
    [
        ("session.created", new SessionCreated(Setup, "Title")),
        ("session.created.none", new SessionCreated(Setup with { Workspace = new Workspace.None(), ForkedFrom = new ForkSource(new SessionId("ses_00000000000000000000000002"), new EventSequence(7)) }, null)),
        ("session.renamed", new SessionRenamed("New", true)),
        ("agent.chosen", new AgentChosen(new AgentChoice("claude", "opus", null, AgentMode.Edit))),
        ("limits.changed", new LimitsChanged(SessionLimits.Default with { IdleTimeoutMs = 900_000, MaxTokens = 1000, MaxCostUsd = 2.5m, MaxTurns = 3, MaxMinutes = 60 })),
        ("session.failed", new SessionFailed(new Failure("repository_not_found", "No repository there."))),
        ("session.archived", new SessionArchived()),
        ("session.unarchived", new SessionUnarchived()),
        ("session.deleted", new SessionDeleted()),
        ("prompt.queued", new PromptQueued(Prompt, "Fix \"it\"\n🙂", "m", "low", Ann, new PromptId("prm_00000000000000000000000009"))),
        ("prompt.queued.agent", new PromptQueued(Prompt, "Plan it.", null, null, Ann, null, "claude", AgentMode.Plan)),
        ("prompt.queued.attachments", new PromptQueued(
            Prompt, "Review the changes since main.", null, null, Ann, null, Attachments: [new Attachment(new AttachmentId("att_00000000000000000000000003"), "a.png", "image/png", 70)],
            Review: new ReviewTarget.Since("main"))),
        ("agent.raw_dropped", new AgentRawDropped()),
        ("prompt.withdrawn", new PromptWithdrawn(Prompt, "person")),
        ("provisioning.started", new ProvisioningStarted(Sandbox, Generation, 1, At)),
        ("provisioning.started.agent", new ProvisioningStarted(Sandbox, Generation, 1, At, "claude")),
        ("provisioning.failed", new ProvisioningFailed(Generation, 1, new Failure("clone_failed", "No network."), At)),
        ("sandbox.ready", new SandboxReady(Sandbox, "/data/w", "abc")),
        ("sandbox.stopped", new SandboxStopped(Sandbox, "idle")),
        ("sandbox.released", new SandboxReleased(Sandbox, "archived")),
        ("sandbox.destroyed", new SandboxDestroyed(Sandbox)),
        ("agent.started", new AgentStarted(Generation, true)),
        ("agent.started.from_zero", new AgentStarted(Generation, true, "claude/1", CountsFromZero: true)),
        ("agent.started.bound", new AgentStarted(Generation, false, "claude/1")),
        ("agent.cursor_saved.bound", new CursorSaved("claude", "session-1", "claude/1")),
        ("agent.cursor_saved", new CursorSaved("codex", "thread-1")),
        ("agent.cursor_forgotten", new CursorForgotten("rejected")),
        ("agent.stopped", new AgentStopped(Generation, "idle")),
        ("agent.notice", new AgentNotice(Turn, "warning", "careful")),
        ("agent.raw", new AgentRaw(null, "x/y", JsonSerializer.SerializeToElement(new Dictionary<string, int> { ["n"] = 1 }))),
        ("turn.created", new TurnCreated(Turn, Prompt)),
        ("turn.created.numbered", new TurnCreated(Turn, Prompt, new CheckpointNumber(3))),
        ("turn.sent", new TurnSent(Turn, Generation)),
        ("turn.started", new TurnStarted(Turn, At)),
        ("turn.continued", new TurnContinued(Turn)),
        ("turn.stopping", new TurnStopping(Turn, new TurnOutcome.Interrupted("stopped", true), At)),
        ("turn.stop_forced", new TurnStopForced(Turn, At)),
        ("turn.steered", new TurnSteered(Turn, Prompt, "Also this.", Ann)),
        ("turn.steer_sent", new SteerSent(Prompt)),
        ("turn.steer_settled", new SteerSettled(Prompt, "taken")),
        ("turn.ended.usage", new TurnEnded(Turn, new TurnOutcome.Completed(), new TokenUsage(10, 2, 3, 1, 100, 1000, 0.5m))),
        ("turn.ended.completed", new TurnEnded(Turn, new TurnOutcome.Completed())),
        ("turn.ended.failed", new TurnEnded(Turn, new TurnOutcome.Failed(new Failure("agent_error", "It broke.")))),
        ("turn.ended.interrupted", new TurnEnded(Turn, new TurnOutcome.Interrupted("agent_lost", false))),
        ("item.started", new ItemStarted(Turn, new Item("i1", ItemStatus.InProgress, new ItemBody.Command("ls", "/w", null, null, null)))),
        ("item.completed.command", Completed(new ItemBody.Command("ls", "/w", "a\n", 0, 12))),
        ("item.completed.message", Completed(new ItemBody.Message("Done."))),
        ("item.completed.user_message", Completed(new ItemBody.UserMessage("Do it."))),
        ("item.completed.reasoning", Completed(new ItemBody.Reasoning("Hm."))),
        ("item.completed.file_change", Completed(new ItemBody.FileChange([new ChangedFile("a.cs", "update", "@@")]))),
        ("item.completed.tool_call", Completed(new ItemBody.ToolCall("search", "docs", JsonSerializer.SerializeToElement("q"), "found", null))),
        ("item.completed.plan", Completed(new ItemBody.Plan("First this.", [new PlanStep("a", ItemStatus.Completed), new PlanStep("b", ItemStatus.InProgress)]))),
        ("item.completed.proposed_plan", Completed(new ItemBody.ProposedPlan("# First this"))),
        ("item.completed.web_search", Completed(new ItemBody.WebSearch("q"))),
        ("item.completed.compaction", Completed(new ItemBody.Compaction())),
        ("item.completed.raw", Completed(new ItemBody.Raw("imageView", JsonSerializer.SerializeToElement(1)))),
        ("request.opened.command", Opened(new RequestBody.ApproveCommand("rm -r x", "/w", "clean"))),
        ("request.opened.file_change", Opened(new RequestBody.ApproveFileChange([new ChangedFile("a", "add")], null))),
        ("request.opened.permissions", Opened(new RequestBody.ApprovePermissions("network", "to fetch"))),
        ("request.opened.questions", Opened(new RequestBody.Questions([new Question("q", "Which?", [new QuestionOption("A", "first")], true, true)]))),
        ("request.opened.for_session", new RequestOpened(Request, Turn, Generation, "k", "i", new RequestBody.ApprovePermissions("x", null), At, OffersSession: true)),
        ("request.answered.cancel", new RequestAnswered(Request, new RequestAnswer.Cancel(), Ann)),
        ("request.answered.approve", new RequestAnswered(Request, new RequestAnswer.Approve(true), Ann)),
        ("request.answered.decline", new RequestAnswered(Request, new RequestAnswer.Decline(), Ann)),
        ("request.answered.answers", new RequestAnswered(Request, new RequestAnswer.Answers(new Dictionary<string, IReadOnlyList<string>> { ["q"] = ["A"] }), Ann)),
        ("request.closed", new RequestClosed(Request, "expired")),
        ("usage.reported", new UsageReported(Turn, new TokenUsage(100, 50, 10, 5, 110, 200_000, 0.25m))),
        ("checkpoint.captured", new CheckpointCaptured(new CheckpointNumber(3), Turn, "abc", 2, 10, 1)),
        ("checkpoint.unchanged", new CheckpointUnchanged(Turn)),
        ("checkpoint.failed", new CheckpointFailed(Turn, "disk full")),
        ("branch.committed", new BranchCommitted(Turn, "offstage/x", "def")),
        ("revert.requested", new RevertRequested(new CheckpointNumber(1), Ann)),
        ("revert.completed", new WorkspaceReverted(new CheckpointNumber(1))),
        ("revert.failed", new RevertFailed(new CheckpointNumber(1), "busy")),
        ("effect.given_up", new EffectGivenUp(new EffectId("ses_1.4.0"), "destroy_sandbox", "busy")),
    ];

    private static ItemCompleted Completed(ItemBody body) => new(Turn, new Item("i1", ItemStatus.Completed, body, "parent"));

    private static RequestOpened Opened(RequestBody body) => new(Request, Turn, Generation, "key", "i1", body, At);
}
