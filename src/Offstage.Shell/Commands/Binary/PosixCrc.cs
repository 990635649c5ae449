using System.Buffers.Binary;

namespace Offstage.Shell.Commands.Binary;

/// <summary>POSIX's CRC, highest bit first, as cksum tells it before the length is added.</summary>
internal static class PosixCrc
{
    /// <summary>What a byte adds to the sum when so many bytes follow it: eight bytes are looked up at a time.</summary>
    private static readonly uint[][] crcs = Tables();

    public static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            uint first = crc ^ BinaryPrimitives.ReadUInt32BigEndian(bytes);
            crc = crcs[7][first >> 24] ^ crcs[6][(byte)(first >> 16)] ^ crcs[5][(byte)(first >> 8)] ^ crcs[4][(byte)first]
                ^ crcs[3][bytes[4]] ^ crcs[2][bytes[5]] ^ crcs[1][bytes[6]] ^ crcs[0][bytes[7]];
        }

        foreach (byte b in bytes) crc = (crc << 8) ^ crcs[0][(byte)((crc >> 24) ^ b)];
        return crc;
    }

    private static uint[][] Tables()
    {
        uint[][] tables = [.. Enumerable.Range(0, 8).Select(_ => new uint[256])];
        for (int i = 0; i < 256; i++)
        {
            uint crc = (uint)i << 24;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 0x8000_0000) != 0 ? (crc << 1) ^ 0x04C1_1DB7 : crc << 1;
            tables[0][i] = crc;
        }

        for (int table = 1; table < tables.Length; table++)
        {
            for (int i = 0; i < 256; i++) tables[table][i] = (tables[table - 1][i] << 8) ^ tables[0][tables[table - 1][i] >> 24];
        }

        return tables;
    }
}
