using Offstage.Agents;
using Offstage.Contracts;

namespace Offstage.Sessions.Lifecycle;

/// <summary>What can be asked of, or reported to, a session.</summary>
public abstract record SessionCommand
{
    private SessionCommand() { }

    // What people ask.

    public sealed record Create(SessionSetup Setup, string? Title, NewPrompt? Prompt) : SessionCommand;

    public sealed record Ask(NewPrompt Prompt) : SessionCommand;

    /// <summary>Adds to the turn that runs; without one it is asked as a prompt.</summary>
    public sealed record Steer(NewPrompt Prompt) : SessionCommand;

    /// <summary>What the next turns run with, where their prompts say nothing else.</summary>
    public sealed record Choose(AgentChoice Choice) : SessionCommand;

    public sealed record ChangeLimits(SessionLimits Limits) : SessionCommand;

    public sealed record Withdraw(PromptId Prompt) : SessionCommand;

    public sealed record Interrupt : SessionCommand;

    public sealed record Answer(RequestId Request, RequestAnswer Given, Person By) : SessionCommand;

    public sealed record Rename(string Title) : SessionCommand;

    /// <param name="Fresh">The id of the prompt that asks again.</param>
    public sealed record Retry(PromptId Fresh) : SessionCommand;

    public sealed record Archive : SessionCommand;

    public sealed record Unarchive : SessionCommand;

    public sealed record Delete : SessionCommand;

    /// <param name="To">The number of a turn or of a checkpoint: what came after it is taken back.</param>
    /// <param name="Files">The newest checkpoint that is not after it.</param>
    public sealed record Revert(CheckpointNumber To, CheckpointNumber Files, Person By) : SessionCommand;

    // What effects report.

    public sealed record ReportSandboxReady(SandboxId Sandbox, string? WorkspacePath, string? BaseCommit) : SessionCommand;

    /// <param name="Binding">What its cursors are bound to.</param>
    /// <param name="CountsFromZero">Its totals of tokens and cost begin anew with each process.</param>
    public sealed record ReportAgentStarted(AgentGeneration Generation, ResumeCursor? Cursor, bool Resumed, string? Binding, bool CountsFromZero = false) : SessionCommand;

    public sealed record ReportCursorRejected(AgentGeneration Generation, string Reason) : SessionCommand;

    public sealed record ReportProvisionFailed(AgentGeneration Generation, Failure Failure, bool Retryable) : SessionCommand;

    /// <summary>The prompt is about to be handed over: recorded before it is done (S4).</summary>
    public sealed record BeginHandover(TurnId Turn, AgentGeneration Generation) : SessionCommand;

    public sealed record ReportTurnConfirmed(TurnId Turn, AgentGeneration Generation) : SessionCommand;

    public sealed record ReportTurnRefused(TurnId Turn, AgentGeneration Generation, Failure Failure) : SessionCommand;

    /// <summary>The live agent cannot take the turn as it is wanted; a new start of it can.</summary>
    public sealed record ReportAgentUnfit(AgentGeneration Generation, string Why) : SessionCommand;

    /// <summary>An addition is about to be handed over: recorded before it is done (S4).</summary>
    public sealed record BeginSteer(PromptId Prompt) : SessionCommand;

    /// <param name="Taken">False when it did not reach its turn; null when that is not known.</param>
    public sealed record ReportSteered(PromptId Prompt, bool? Taken) : SessionCommand;

    public sealed record ReportCheckpoint(TurnId? Turn, CheckpointResult Result, BranchCommit? Commit) : SessionCommand;

    /// <param name="AgentFollowed">The agent has forgotten the same turns; otherwise its conversation is not gone on with.</param>
    public sealed record ReportReverted(CheckpointNumber To, CheckpointResult Saved, bool AgentFollowed) : SessionCommand;

    public sealed record ReportRevertFailed(CheckpointNumber To, string Reason) : SessionCommand;

    public sealed record ReportSandboxDestroyed(SandboxId Sandbox) : SessionCommand;

    public sealed record ReportEffectGivenUp(EffectId Effect, SessionEffect What, string Error) : SessionCommand;

    // What agents and the system report.

    /// <param name="Turn">The turn these events speak of; null when they speak of none.</param>
    public sealed record ReportAgent(AgentGeneration Generation, TurnId? Turn, IReadOnlyList<AgentReportEntry> Entries) : SessionCommand;

    /// <summary>The process that held the agent is gone, and the agent with it.</summary>
    /// <param name="Generation">Null: whichever the session holds.</param>
    public sealed record ReportAgentLost(AgentGeneration? Generation) : SessionCommand;

    /// <summary>A deadline may be due.</summary>
    public sealed record Wake : SessionCommand;
}

/// <param name="Attachments">Their bytes are stored by the same append.</param>
public sealed record NewPrompt(
    PromptId Prompt, string Text, string? Model, string? Effort, Person Author, string? Agent = null, AgentMode? Mode = null,
    IReadOnlyList<Attachment>? Attachments = null, ReviewTarget? Review = null);

/// <param name="FreshRequest">The id for a request, when the event opens one.</param>
public readonly record struct AgentReportEntry(AgentEvent Event, RequestId? FreshRequest);

public abstract record CheckpointResult
{
    private CheckpointResult() { }

    public sealed record Captured(CheckpointNumber Number, string Commit, int FilesChanged, int Additions, int Deletions) : CheckpointResult;

    public sealed record Unchanged : CheckpointResult;

    public sealed record Failed(string Reason) : CheckpointResult;
}

public sealed record BranchCommit(string Branch, string Commit);
