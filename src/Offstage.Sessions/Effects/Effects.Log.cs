using Microsoft.Extensions.Logging;

namespace Offstage.Sessions.Effects;

internal static partial class EffectsLog
{
    [LoggerMessage(EventId = 2101, EventName = "agent.pump_waiting", Level = LogLevel.Warning,
        Message = "What the agent of session {SessionId} says waits for the store: {Reason}")]
    public static partial void PumpWaiting(this ILogger logger, string sessionId, string reason);

    [LoggerMessage(EventId = 2102, EventName = "agent.pump_failed", Level = LogLevel.Error,
        Message = "The events of session {SessionId}'s agent, generation {Generation}, could not be read on")]
    public static partial void PumpFailed(this ILogger logger, string sessionId, long generation, Exception exception);

    [LoggerMessage(EventId = 2103, EventName = "agent.start_failed", Level = LogLevel.Warning,
        Message = "Session {SessionId} got no agent, generation {Generation}: {Code}: {Reason}")]
    public static partial void AgentStartFailed(this ILogger logger, string sessionId, long generation, string code, string reason);

    [LoggerMessage(EventId = 2104, EventName = "agent.started", Level = LogLevel.Information,
        Message = "Session {SessionId} has its agent, generation {Generation}, resumed: {Resumed}")]
    public static partial void AgentStarted(this ILogger logger, string sessionId, long generation, bool resumed);

    [LoggerMessage(EventId = 2105, EventName = "agent.interrupt_failed", Level = LogLevel.Warning,
        Message = "The agent of session {SessionId} could not be asked to stop; it is killed when its time is over: {Reason}")]
    public static partial void InterruptFailed(this ILogger logger, string sessionId, string reason);

    [LoggerMessage(EventId = 2111, EventName = "agent.roll_back_failed", Level = LogLevel.Warning,
        Message = "The agent of session {SessionId} did not forget the turns of a revert; it begins anew with what is left: {Reason}")]
    public static partial void RollBackFailed(this ILogger logger, string sessionId, string reason);

    [LoggerMessage(EventId = 2110, EventName = "agent.steer_failed", Level = LogLevel.Warning,
        Message = "The agent of session {SessionId} did not say whether it took an addition to its turn: {Reason}")]
    public static partial void SteerFailed(this ILogger logger, string sessionId, string reason);

    [LoggerMessage(EventId = 2106, EventName = "sandbox.orphan_destroyed", Level = LogLevel.Warning,
        Message = "Sandbox {SandboxId} had no owner and was destroyed")]
    public static partial void OrphanDestroyed(this ILogger logger, string sandboxId);

    [LoggerMessage(EventId = 2107, EventName = "sandbox.reap_failed", Level = LogLevel.Warning,
        Message = "Sandboxes could not be looked through or cleaned up; the next round tries again: {Reason}")]
    public static partial void ReapFailed(this ILogger logger, string reason);

    [LoggerMessage(EventId = 2108, EventName = "session.agent_lost", Level = LogLevel.Warning,
        Message = "Session {SessionId} had an agent that went down with this host's last process")]
    public static partial void AgentLostAtStart(this ILogger logger, string sessionId);

    [LoggerMessage(EventId = 2109, EventName = "session.wake_failed", Level = LogLevel.Warning,
        Message = "Session {SessionId} could not be woken: {Reason}")]
    public static partial void WakeFailed(this ILogger logger, string sessionId, string reason);
}
