namespace Offstage.Testing;

/// <summary>A clock that stands still until a test moves it. Timers fire inside <see cref="Advance"/>, in order of their due time.</summary>
/// <remarks>One owner advances it; timers may be made and disposed from anywhere.</remarks>
public sealed class VirtualTimeProvider(DateTimeOffset start) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly PriorityQueue<VirtualTimer, (DateTimeOffset Due, long Order)> timers = new();
    private DateTimeOffset now = start;
    private long order;

    public VirtualTimeProvider()
        : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
            return now;
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>When the next timer is due; null when none is armed.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            lock (gate)
            {
                DropDisarmed();
                return timers.TryPeek(out _, out var key) ? key.Due : null;
            }
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock and fires what becomes due on the way.</summary>
    public void Advance(TimeSpan by) => AdvanceTo(GetUtcNow() + by);

    public void AdvanceTo(DateTimeOffset target)
    {
        while (TakeDue(target) is { } timer)
            timer.Fire();
        lock (gate)
            now = target > now ? target : now;
    }

    private VirtualTimer? TakeDue(DateTimeOffset target)
    {
        lock (gate)
        {
            DropDisarmed();
            if (!timers.TryPeek(out var timer, out var key) || key.Due > target)
                return null;
            timers.Dequeue();
            now = key.Due > now ? key.Due : now;
            timer.Arming = 0;
            if (timer.Period > TimeSpan.Zero)
                Arm(timer, timer.Period);
            return timer;
        }
    }

    private void DropDisarmed()
    {
        while (timers.TryPeek(out var timer, out var key) && timer.Arming != key.Order)
            timers.Dequeue();
    }

    private void Arm(VirtualTimer timer, TimeSpan dueTime)
    {
        timer.Arming = ++order;
        timers.Enqueue(timer, (now + dueTime, order));
    }

    private sealed class VirtualTimer(VirtualTimeProvider owner, TimerCallback callback, object? state) : ITimer
    {
        /// <summary>The queue entry that counts; 0 when disarmed.</summary>
        public long Arming { get; set; }

        public TimeSpan Period { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner.gate)
            {
                Arming = 0;
                Period = period == Timeout.InfiniteTimeSpan ? TimeSpan.Zero : period;
                if (dueTime != Timeout.InfiniteTimeSpan)
                    owner.Arm(this, dueTime);
                return true;
            }
        }

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (owner.gate)
                Arming = 0;
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
