using Offstage.Testing;

namespace Offstage.Simulation.Tests.Scheduling;

/// <summary>The clock as one process sees it: its timers fire on its own context, and die with it.</summary>
internal sealed class ProcessClock(VirtualTimeProvider clock, SimulationContext context) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        => clock.CreateTimer(_ => context.Post(s => callback(s), state), null, dueTime, period);
}
