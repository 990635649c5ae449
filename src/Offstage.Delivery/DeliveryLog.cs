using Microsoft.Extensions.Logging;

namespace Offstage.Delivery;

internal static partial class DeliveryLog
{
    [LoggerMessage(EventId = 2101, EventName = "effect.delivery_failed", Level = LogLevel.Warning,
        Message = "Effect {EffectId} ({Kind}) of {SessionId} failed at attempt {Attempt}; it is tried again at {DueAt}: {Error}")]
    public static partial void EffectFailed(this ILogger logger, string effectId, string kind, string sessionId, int attempt, DateTimeOffset dueAt, string error, Exception? exception);

    [LoggerMessage(EventId = 2102, EventName = "effect.delivery_given_up", Level = LogLevel.Error,
        Message = "Effect {EffectId} ({Kind}) of {SessionId} is given up after attempt {Attempt}: {Error}")]
    public static partial void EffectGivenUp(this ILogger logger, string effectId, string kind, string sessionId, int attempt, string error, Exception? exception);

    [LoggerMessage(EventId = 2103, EventName = "effect.give_up_failed", Level = LogLevel.Error,
        Message = "Telling the cause of effect {EffectId} that it is given up failed {Failures} times; it is tried again in {WaitMs} ms")]
    public static partial void GiveUpFailed(this ILogger logger, string effectId, int failures, double waitMs, Exception exception);

    [LoggerMessage(EventId = 2104, EventName = "effect.store_failed", Level = LogLevel.Warning,
        Message = "The store failed to {Action} {Failures} times; it is tried again in {WaitMs} ms")]
    public static partial void StoreFailed(this ILogger logger, string action, int failures, double waitMs, Exception exception);

    [LoggerMessage(EventId = 2105, EventName = "effect.delivery_stopped", Level = LogLevel.Information,
        Message = "Delivery stopped with {Pending} effects left in the outbox")]
    public static partial void DeliveryStopped(this ILogger logger, int pending);

    [LoggerMessage(EventId = 2106, EventName = "effect.stop_timed_out", Level = LogLevel.Warning,
        Message = "Handlers did not stop within {TimeoutMs} ms; what they were doing is found again at the next start")]
    public static partial void StopTimedOut(this ILogger logger, double timeoutMs);

    [LoggerMessage(EventId = 2107, EventName = "effect.delivery_broken", Level = LogLevel.Critical,
        Message = "A lane of the delivery engine ended by a bug; its effects wait for the next start")]
    public static partial void LaneBroken(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2110, EventName = "session.wake_failed", Level = LogLevel.Warning,
        Message = "Waking session {SessionId} failed {Failures} times; it is tried again in {WaitMs} ms")]
    public static partial void WakeFailed(this ILogger logger, string sessionId, int failures, double waitMs, Exception exception);

    [LoggerMessage(EventId = 2111, EventName = "session.sweep_failed", Level = LogLevel.Warning,
        Message = "Reading the sessions that are due failed {Failures} times; it is tried again in {WaitMs} ms")]
    public static partial void SweepFailed(this ILogger logger, int failures, double waitMs, Exception exception);
}
