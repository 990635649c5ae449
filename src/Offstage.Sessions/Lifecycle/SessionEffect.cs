using System.Text.Json.Serialization;
using Offstage.Contracts;

namespace Offstage.Sessions.Lifecycle;

/// <summary>What a decision wants done in the world. A row of the outbox (D1); each names what it is for, so that a late or
/// repeated one can be told and does nothing (S8).</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(EnsureAgent), "ensure_agent")]
[JsonDerivedType(typeof(StartTurn), "start_turn")]
[JsonDerivedType(typeof(InterruptTurn), "interrupt_turn")]
[JsonDerivedType(typeof(SteerTurn), "steer_turn")]
[JsonDerivedType(typeof(StopAgent), "stop_agent")]
[JsonDerivedType(typeof(AnswerRequest), "answer_request")]
[JsonDerivedType(typeof(CaptureCheckpoint), "capture_checkpoint")]
[JsonDerivedType(typeof(RevertWorkspace), "revert_workspace")]
[JsonDerivedType(typeof(DestroySandbox), "destroy_sandbox")]
[JsonDerivedType(typeof(PurgeSession), "purge_session")]
public abstract record SessionEffect
{
    private SessionEffect() { }

    public sealed record EnsureAgent(SandboxId Sandbox, AgentGeneration Generation) : SessionEffect;

    public sealed record StartTurn(TurnId Turn, AgentGeneration Generation) : SessionEffect;

    public sealed record SteerTurn(TurnId Turn, AgentGeneration Generation, PromptId Prompt) : SessionEffect;

    public sealed record InterruptTurn(TurnId Turn, AgentGeneration Generation) : SessionEffect;

    /// <summary>Ends the agent and every process of the sandbox, unless a newer agent has taken it over.</summary>
    /// <param name="UpTo">The newest generation that is meant.</param>
    public sealed record StopAgent(AgentGeneration UpTo, SandboxId? Sandbox) : SessionEffect;

    public sealed record AnswerRequest(RequestId Request, string AgentKey, AgentGeneration Generation, RequestAnswer Answer) : SessionEffect;

    /// <param name="CommitMessage">Null: no commit on the branch.</param>
    public sealed record CaptureCheckpoint(SandboxId Sandbox, TurnId Turn, CheckpointNumber Number, string? CommitMessage, Person Author) : SessionEffect;

    /// <param name="To">Turns with a higher number are forgotten.</param>
    /// <param name="Files">The checkpoint that holds the files of that moment: a turn that changed none has none of its own.</param>
    public sealed record RevertWorkspace(SandboxId Sandbox, CheckpointNumber To, CheckpointNumber Files, CheckpointNumber SavedAs) : SessionEffect;

    /// <param name="SaveAs">The workspace is saved as this checkpoint first; null when there is nothing to keep.</param>
    public sealed record DestroySandbox(SandboxId Sandbox, CheckpointNumber? SaveAs, Person Author) : SessionEffect;

    public sealed record PurgeSession : SessionEffect;

    /// <summary>
    /// Effects of one lane keep their order. What stops work must not wait behind the work it stops, so it has its own.
    /// </summary>
    [JsonIgnore]
    public string Lane => this is InterruptTurn or SteerTurn or StopAgent or AnswerRequest ? "control" : "work";

    [JsonIgnore]
    public string Kind => this switch
    {
        EnsureAgent => "ensure_agent",
        StartTurn => "start_turn",
        InterruptTurn => "interrupt_turn",
        SteerTurn => "steer_turn",
        StopAgent => "stop_agent",
        AnswerRequest => "answer_request",
        CaptureCheckpoint => "capture_checkpoint",
        RevertWorkspace => "revert_workspace",
        DestroySandbox => "destroy_sandbox",
        _ => "purge_session",
    };
}
