using System.Runtime.CompilerServices;

namespace Offstage.Shell.RegularExpressions;

/// <summary>A set of bytes, 256 bits.</summary>
internal readonly record struct ByteSet(ulong A, ulong B, ulong C, ulong D)
{
    public bool IsEmpty => (A | B | C | D) == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(int value) => (((value >> 6) switch { 0 => A, 1 => B, 2 => C, _ => D } >> (value & 63)) & 1) != 0;

    public static ByteSet Range(int first, int last)
    {
        Span<ulong> words = stackalloc ulong[4];
        words.Clear();
        for (int i = first; i <= last; i++) words[i >> 6] |= 1UL << (i & 63);
        return new(words[0], words[1], words[2], words[3]);
    }

    public static ByteSet operator |(ByteSet x, ByteSet y) => new(x.A | y.A, x.B | y.B, x.C | y.C, x.D | y.D);

    public byte[] ToArray()
    {
        var members = new List<byte>();
        for (int i = 0; i < 256; i++)
        {
            if (Contains(i)) members.Add((byte)i);
        }

        return [.. members];
    }
}
