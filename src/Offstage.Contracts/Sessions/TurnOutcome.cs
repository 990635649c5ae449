using System.Text.Json.Serialization;

namespace Offstage.Contracts;

/// <summary>How a turn ended.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Completed), "completed")]
[JsonDerivedType(typeof(Failed), "failed")]
[JsonDerivedType(typeof(Interrupted), "interrupted")]
public abstract record TurnOutcome
{
    private TurnOutcome() { }

    public sealed record Completed : TurnOutcome;

    public sealed record Failed(Failure Failure) : TurnOutcome;

    /// <param name="Reason"><c>stopped</c> by a person, <c>agent_lost</c>, <c>agent_stopped</c>, <c>archived</c>, <c>deleted</c>.</param>
    /// <param name="Confirmed">False when the agent may never have begun: sent, not confirmed (S4).</param>
    public sealed record Interrupted(string Reason, bool Confirmed) : TurnOutcome;
}

/// <summary>Why something failed.</summary>
/// <param name="Code">Stable: <c>agent_error</c>, <c>agent_exited</c>, <c>agent_protocol_error</c>, <c>agent_refused</c>, <c>turn_timeout</c>, <c>limit_tokens</c>,
/// <c>limit_cost</c>, <c>limit_minutes</c>,
/// <c>provision_timeout</c>, <c>repository_not_found</c>, <c>sandbox_unavailable</c>, ….</param>
/// <param name="Message">What happened, and where it helps, what to do.</param>
public sealed record Failure(string Code, string Message);
