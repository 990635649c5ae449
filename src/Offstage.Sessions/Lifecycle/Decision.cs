using Offstage.Contracts;

namespace Offstage.Sessions.Lifecycle;

/// <summary>What comes of a command.</summary>
public abstract record Decision
{
    private Decision() { }

    /// <param name="Next">The state after the events. Equal to the former when there are none.</param>
    public sealed record Accepted(SessionState Next, IReadOnlyList<SessionEventBody> Events, IReadOnlyList<PlannedEffect> Effects) : Decision;

    public sealed record Rejected(Rejection Reason) : Decision;
}

/// <param name="Effect">Derived from the event that caused it, so that a decision made twice plans the same effect (D1).</param>
public sealed record PlannedEffect(EffectId Effect, SessionEffect What);

/// <summary>What a decision may use besides state and command: it has no clock and no randomness of its own.</summary>
/// <param name="FreshSandbox">Used when the decision needs a new sandbox.</param>
public sealed record DecisionContext(SessionId Session, DateTimeOffset Now, SandboxId FreshSandbox);
