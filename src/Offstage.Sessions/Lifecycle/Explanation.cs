using Offstage.Contracts;

namespace Offstage.Sessions.Lifecycle;

/// <summary>Why a session is as it is (S10).</summary>
/// <param name="Why">One plain sentence.</param>
/// <param name="Kept">What is kept meanwhile.</param>
/// <param name="Until">When it changes by itself; null when it does not.</param>
/// <param name="MovesOn">What moves it on.</param>
public sealed record Explanation(string Why, DateTimeOffset Since, string Kept, DateTimeOffset? Until, string MovesOn)
{
    public static Explanation Of(SessionState state) => new(
        Sentence(state), state.Status.Since, WhatIsKept(state), state.WakeAt, WhatMovesOn(state));

    private static string Sentence(SessionState state) => state switch
    {
        { GivenUp: [.., var last] } when state.ReleasedSandboxes.Count > 0 => $"Something could not be cleaned up and needs an operator: {last}",
        { Reverting: { } revert } => $"The workspace is being reverted to checkpoint {revert.To}.",
        _ => state.Status switch
        {
            SessionStatus.Created => "Nothing has been asked yet.",
            SessionStatus.Provisioning { BackingOff: true } p => $"Attempt {p.Attempt} to start sandbox and agent failed; the next follows shortly.",
            SessionStatus.Provisioning p => $"Sandbox and agent are being started (attempt {p.Attempt}).",
            SessionStatus.Running { Turn.Phase: TurnPhase.Confirmed } => "The agent is working.",
            SessionStatus.Running => "The prompt is being handed to the agent.",
            SessionStatus.AwaitingInput a => a.Requests.Count == 1 ? "The agent waits for your answer." : $"The agent waits for {a.Requests.Count} answers of yours.",
            SessionStatus.Stopping { Forced: true } => "The agent did not stop when asked and is being killed.",
            SessionStatus.Stopping => "The turn is over; the agent has been asked to stop.",
            SessionStatus.Idle { Last: TurnOutcome.Failed failed } => $"The last turn failed: {failed.Failure.Message}",
            SessionStatus.Idle { Last: TurnOutcome.Interrupted { Reason: "agent_lost" } } => "The last turn was interrupted because its agent was lost.",
            SessionStatus.Idle { Last: TurnOutcome.Interrupted } => "The last turn was stopped.",
            SessionStatus.Idle { Last: TurnOutcome.Completed } => "The last turn is done.",
            SessionStatus.Idle => "Ready for the next prompt.",
            SessionStatus.Failed f => $"The session could not start: {f.Reason.Message}",
            SessionStatus.Archived => "The session is archived.",
            _ => "The session is being deleted.",
        },
    };

    private static string WhatIsKept(SessionState state)
    {
        string files = state.Sandbox switch
        {
            SandboxHold.None when state.Setup.Workspace is Workspace.Repository => "the conversation, the branch and all checkpoints",
            SandboxHold.None => "the conversation",
            _ => "the conversation, the workspace and all checkpoints",
        };
        string agent = state.Agent is AgentHold.Live ? ", and the agent's process" : "";
        return state.Queue.Count switch
        {
            0 => $"{files}{agent}",
            1 => $"{files}{agent}, and one waiting prompt",
            int count => $"{files}{agent}, and {count} waiting prompts",
        };
    }

    private static string WhatMovesOn(SessionState state) => state.Status switch
    {
        SessionStatus.Created => "A prompt starts it.",
        SessionStatus.Provisioning { BackingOff: true } => "The next attempt begins by itself; stop ends the turn.",
        SessionStatus.Provisioning => "It goes on when both are ready, or the attempt's time is over; stop ends the turn.",
        SessionStatus.Running => "The agent ends the turn, you stop it, or its time is over.",
        SessionStatus.AwaitingInput => "Your answer; without one the request is declined when its time is over.",
        SessionStatus.Stopping => "The agent confirms, or is killed when the time is over.",
        SessionStatus.Idle { ReapAt: not null } => "A prompt starts the next turn. Its processes are ended when the idle time is over; the files stay.",
        SessionStatus.Idle => "A prompt starts the next turn.",
        SessionStatus.Failed => "Retry, or a new prompt.",
        SessionStatus.Archived => "Unarchive, or delete.",
        _ => "It is gone as soon as its sandbox is.",
    };
}
