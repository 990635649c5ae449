namespace Offstage.Agents.Tests.BuiltIn;

/// <summary>A clock that stands still, on which every wait is over at once and remembered; longer ones than an hour never end.</summary>
internal sealed class JumpingClock : TimeProvider
{
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);
    private readonly List<TimeSpan> waits = [];

    public static DateTimeOffset Now { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public IReadOnlyList<TimeSpan> Waits => waits;

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == Timeout.InfiniteTimeSpan || dueTime > Never)
            return new StillTimer();
        waits.Add(dueTime);
        ThreadPool.QueueUserWorkItem(_ => callback(state));
        return new StillTimer();
    }

    private sealed class StillTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
