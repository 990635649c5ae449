using System.Buffers.Binary;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Archives;

/// <summary>What stands before the data of a gzip member (RFC 1952).</summary>
/// <param name="Name">As it was compressed; null when it is not told.</param>
internal sealed record GzipHeader(string? Name, DateTimeOffset? ModifiedAt)
{
    public static bool IsMagic(ReadOnlySpan<byte> bytes) => bytes.Length >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B;

    /// <returns>Null when it is none.</returns>
    public static GzipHeader? Parse(ReadOnlySpan<byte> bytes)
    {
        if (!IsMagic(bytes) || bytes.Length < 10 || bytes[2] != 8) return null;
        byte flags = bytes[3];
        uint seconds = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        int at = 10;
        if ((flags & 4) != 0 && bytes.Length >= at + 2) at += 2 + BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
        string? name = null;
        if ((flags & 8) != 0 && at < bytes.Length)
        {
            int end = bytes[at..].IndexOf((byte)0);
            if (end >= 0) name = Latin.Text(bytes.Slice(at, end));
        }

        return new(name, seconds == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(seconds));
    }

    public byte[] ToBytes(int level)
    {
        byte[] name = Name is null ? [] : [.. Latin.Bytes(Name), 0];
        byte[] bytes = [0x1F, 0x8B, 8, (byte)(Name is null ? 0 : 8), 0, 0, 0, 0, (byte)(level == 9 ? 2 : level == 1 ? 4 : 0), 3, .. name];
        long seconds = ModifiedAt?.ToUnixTimeSeconds() ?? 0;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), seconds is > 0 and <= uint.MaxValue ? (uint)seconds : 0);
        return bytes;
    }
}
