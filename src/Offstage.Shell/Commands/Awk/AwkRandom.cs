namespace Offstage.Shell.Commands.Awk;

/// <summary>rand and srand: the same seed gives the same numbers (xorshift64*).</summary>
internal sealed class AwkRandom
{
    private ulong state;

    public AwkRandom() => Seed(1);

    public double Current { get; private set; }

    public void Seed(double seed)
    {
        Current = seed;
        state = ((ulong)BitConverter.DoubleToInt64Bits(seed) * 0x9E3779B97F4A7C15) ^ 0x2545F4914F6CDD1D;
        if (state == 0) state = 1;
        for (int i = 0; i < 8; i++) Next();
    }

    /// <summary>From 0 up to, without, 1.</summary>
    public double Next()
    {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        return ((state * 0x2545F4914F6CDD1D) >> 11) * (1.0 / (1UL << 53));
    }
}
