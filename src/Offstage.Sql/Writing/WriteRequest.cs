using Offstage.Contracts;

namespace Offstage.Sql.Writing;

/// <summary>A write on its way to the database: queued, then begun, then answered exactly once.</summary>
internal abstract class WriteRequest
{
    private const int Queued = 0;
    private const int Begun = 1;
    private const int Cancelled = 2;

    private int stage;

    /// <summary>Memory its text takes, to bound the queue and the transaction.</summary>
    public abstract long Bytes { get; }

    /// <returns>False when it was cancelled while it waited.</returns>
    public bool TryBegin() => Interlocked.CompareExchange(ref stage, Begun, Queued) == Queued;

    protected bool TryCancel() => Interlocked.CompareExchange(ref stage, Cancelled, Queued) == Queued;

    /// <summary>Keeps a failure that concerns this write alone; the others of its transaction commit.</summary>
    public abstract void StageRejection(Exception exception);

    /// <summary>Answers with what was staged. Called after the commit, never before it.</summary>
    public abstract void Publish();

    /// <summary>Answers with a failure. Without effect when it was answered before.</summary>
    public abstract void Fail(Exception exception);
}

internal abstract class WriteRequest<TResult> : WriteRequest
{
    private readonly TaskCompletionSource<TResult> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TResult? result;
    private Exception? rejection;

    public async Task<TResult> WaitAsync(CancellationToken cancellationToken)
    {
        await using (cancellationToken.UnsafeRegister(static (state, token) => ((WriteRequest<TResult>)state!).Cancel(token), this))
            return await completion.Task;
    }

    /// <summary>Keeps the answer until the transaction has committed.</summary>
    public void Stage(TResult value)
    {
        result = value;
        rejection = null;
    }

    public override void StageRejection(Exception exception) => rejection = exception;

    public override void Publish()
    {
        if (rejection is not null)
            completion.TrySetException(rejection);
        else
            completion.TrySetResult(result!);
    }

    public override void Fail(Exception exception) => completion.TrySetException(exception);

    private void Cancel(CancellationToken token)
    {
        if (TryCancel())
            completion.TrySetCanceled(token);
    }
}

internal sealed class AppendRequest(Append append) : WriteRequest<AppendResult>
{
    public Append Append { get; } = append;

    public override long Bytes { get; } = AppendRules.MeasureBytes(append);
}

internal sealed class CompleteEffectsRequest(IReadOnlyList<EffectId> effects) : WriteRequest<bool>
{
    public IReadOnlyList<EffectId> Effects { get; } = effects;

    public override long Bytes => 128L * Effects.Count;
}

/// <param name="deadAt">Null reschedules; otherwise the effect is given up.</param>
internal sealed class FailEffectRequest(EffectId effect, int attempts, DateTimeOffset? dueAt, DateTimeOffset? deadAt, string error)
    : WriteRequest<bool>
{
    public EffectId Effect { get; } = effect;

    public int Attempts { get; } = attempts;

    public DateTimeOffset? DueAt { get; } = dueAt;

    public DateTimeOffset? DeadAt { get; } = deadAt;

    public string Error { get; } = StorableText.Clean(error);

    public override long Bytes => 256 + (2L * Error.Length);
}

internal sealed class RetryDeadEffectRequest(EffectId effect, DateTimeOffset dueAt) : WriteRequest<OutboxEntry?>
{
    public EffectId Effect { get; } = effect;

    public DateTimeOffset DueAt { get; } = dueAt;

    public override long Bytes => 256;
}

internal sealed class PurgeSessionRequest(SessionId session) : WriteRequest<bool>
{
    public SessionId Session { get; } = session;

    public override long Bytes => 256;
}

internal sealed class DropRawEventsRequest(DateTimeOffset olderThan) : WriteRequest<int>
{
    /// <summary>Events one call empties at most: the writer waits for it.</summary>
    public const int EventsMax = 1_000;

    public DateTimeOffset OlderThan { get; } = olderThan;

    public override long Bytes => 256;
}

internal sealed class PurgeIdempotencyRequest(DateTimeOffset olderThan) : WriteRequest<int>
{
    /// <summary>Keys one call forgets at most.</summary>
    public const int KeysMax = 10_000;

    public DateTimeOffset OlderThan { get; } = olderThan;

    public override long Bytes => 256;
}
