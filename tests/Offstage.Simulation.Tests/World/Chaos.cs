namespace Offstage.Simulation.Tests.World;

/// <summary>
/// How much goes wrong in one run. Each seed has its own mixture: some worlds fail everywhere a little, some in one way a
/// lot, some not at all. Rates are per call.
/// </summary>
internal sealed class Chaos
{
    private readonly Random random;

    public Chaos(Random random)
    {
        this.random = random;
        StoreFails = Rate(0.15);
        StoreLosesAnswer = Rate(0.15);
        StoreIsSlow = Rate(0.15);
        StoreOutage = Rate(0.01);
        DriverFails = Rate(0.25);
        DriverLosesAnswer = Rate(0.15);
        DriverHangs = Rate(0.10);
        WorkspaceFails = Rate(0.3);
        AgentStartFails = Rate(0.20);
        CursorRejected = Rate(0.40);
        AgentMisbehaves = Rate(0.80);
        AgentIgnoresInterrupt = Rate(0.50);
        AgentLeavesChild = Rate(0.30);
        OfferLost = Rate(0.15);
        OfferRepeated = Rate(0.15);
        EffectRepeated = Rate(0.3);
        ConnectionCut = Rate(0.02);
        Kill = Rate(0.006);
        Restart = Rate(0.15);
    }

    /// <summary>Off from the settling phase on: then the world only works.</summary>
    public bool IsOn { get; private set; } = true;

    public double StoreFails { get; }

    public double StoreLosesAnswer { get; }

    public double StoreIsSlow { get; }

    public double StoreOutage { get; }

    public double DriverFails { get; }

    public double DriverLosesAnswer { get; }

    public double DriverHangs { get; }

    public double WorkspaceFails { get; }

    public double AgentStartFails { get; }

    public double CursorRejected { get; }

    public double AgentMisbehaves { get; }

    public double AgentIgnoresInterrupt { get; }

    public double AgentLeavesChild { get; }

    public double OfferLost { get; }

    public double OfferRepeated { get; }

    public double EffectRepeated { get; }

    public double ConnectionCut { get; }

    /// <summary>Per step of the scheduler.</summary>
    public double Kill { get; }

    /// <summary>Per action of a person: the host is stopped in good order and started again.</summary>
    public double Restart { get; }

    public void TurnOff() => IsOn = false;

    public bool Happens(double rate) => IsOn && rate > 0 && random.NextDouble() < rate;

    public int Next(int max) => random.Next(max);

    public TimeSpan Between(double fromSeconds, double toSeconds)
        => TimeSpan.FromMilliseconds(Math.Round((fromSeconds + (random.NextDouble() * (toSeconds - fromSeconds))) * 1000));

    public T Pick<T>(params ReadOnlySpan<T> from) => from[random.Next(from.Length)];

    /// <summary>Half of all worlds do not know the fault at all.</summary>
    private double Rate(double max) => random.Next(2) == 0 ? 0 : random.NextDouble() * max;
}
