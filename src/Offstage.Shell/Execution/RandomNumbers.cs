using System.Security.Cryptography;

namespace Offstage.Shell.Execution;

/// <summary>The generator behind RANDOM: the minimal standard one of Park and Miller, as bash has it, so that a seed gives the same numbers.</summary>
internal sealed class RandomNumbers
{
    private uint seed;
    private int last;
    private bool isSeeded;

    public void Seed(uint value)
    {
        seed = value;
        isSeeded = true;
        last = 0;
    }

    /// <summary>0 to 32767; never the same twice in a row.</summary>
    public int Next()
    {
        if (!isSeeded)
            Seed((uint)RandomNumberGenerator.GetInt32(1, int.MaxValue));
        int value;
        do
        {
            int state = seed == 0 ? 123459876 : unchecked((int)seed);
            int high = state / 127773;
            int low = state - (127773 * high);
            state = unchecked((16807 * low) - (2836 * high));
            seed = unchecked((uint)(state < 0 ? state + 0x7fffffff : state));
            value = (int)(((seed >> 16) ^ (seed & 0xFFFF)) & 0x7FFF);
        }
        while (value == last);
        last = value;
        return value;
    }

}
