using System.Buffers.Binary;
using System.Numerics;

namespace Offstage.Shell.Commands.Binary;

/// <summary>SHA-224 (FIPS 180-4), which .NET lacks: SHA-256 with other initial values, cut short.</summary>
internal sealed class Sha224 : IDigest
{
    private static readonly uint[] constants = Primes().Take(64).Select(p => Fraction(Math.Cbrt(p), p)).ToArray();

    private readonly uint[] state = [0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939, 0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4];
    private readonly byte[] block = new byte[64];
    private int filled;
    private ulong length;

    public int Length => 28;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        length += (ulong)bytes.Length;
        while (!bytes.IsEmpty)
        {
            int taken = Math.Min(64 - filled, bytes.Length);
            bytes[..taken].CopyTo(block.AsSpan(filled));
            bytes = bytes[taken..];
            filled += taken;
            if (filled < 64) return;
            Process();
            filled = 0;
        }
    }

    public byte[] Finish()
    {
        ulong bits = length * 8;
        Append([0x80]);
        while (filled != 56) Append([0]);
        byte[] tail = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(tail, bits);
        Append(tail);
        byte[] digest = new byte[28];
        for (int i = 0; i < 7; i++) BinaryPrimitives.WriteUInt32BigEndian(digest.AsSpan(i * 4), state[i]);
        return digest;
    }

    private void Process()
    {
        Span<uint> w = stackalloc uint[64];
        for (int i = 0; i < 16; i++) w[i] = BinaryPrimitives.ReadUInt32BigEndian(block.AsSpan(i * 4));
        for (int i = 16; i < 64; i++)
        {
            uint s0 = BitOperations.RotateRight(w[i - 15], 7) ^ BitOperations.RotateRight(w[i - 15], 18) ^ (w[i - 15] >> 3);
            uint s1 = BitOperations.RotateRight(w[i - 2], 17) ^ BitOperations.RotateRight(w[i - 2], 19) ^ (w[i - 2] >> 10);
            w[i] = w[i - 16] + s0 + w[i - 7] + s1;
        }

        Span<uint> v = stackalloc uint[8];
        state.CopyTo(v);
        for (int i = 0; i < 64; i++)
        {
            uint s1 = BitOperations.RotateRight(v[4], 6) ^ BitOperations.RotateRight(v[4], 11) ^ BitOperations.RotateRight(v[4], 25);
            uint first = v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + constants[i] + w[i];
            uint s0 = BitOperations.RotateRight(v[0], 2) ^ BitOperations.RotateRight(v[0], 13) ^ BitOperations.RotateRight(v[0], 22);
            uint second = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
            v[..7].CopyTo(v[1..]);
            v[4] += first;
            v[0] = first + second;
        }

        for (int i = 0; i < 8; i++) state[i] += v[i];
    }

    private static IEnumerable<int> Primes() => Enumerable.Range(2, 400).Where(n => Enumerable.Range(2, (int)Math.Sqrt(n) - 1).All(d => n % d != 0));

    /// <summary>The first 32 bits of the fraction of a cube root, corrected by exact integers.</summary>
    private static uint Fraction(double root, int prime)
    {
        var scaled = new BigInteger(root * 4294967296.0);
        var wanted = new BigInteger(prime) << 96;
        while (scaled * scaled * scaled > wanted) scaled--;
        while ((scaled + 1) * (scaled + 1) * (scaled + 1) <= wanted) scaled++;
        return (uint)(scaled & 0xFFFFFFFF);
    }
}
