namespace Offstage.Shell.Commands.Archives;

/// <summary>The checksum of gzip and zip.</summary>
internal struct Crc32
{
    private static readonly uint[] table = Make();

    private uint inverted;

    public readonly uint Value => inverted;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~inverted;
        foreach (byte b in bytes) crc = table[(byte)(crc ^ b)] ^ (crc >> 8);
        inverted = ~crc;
    }

    private static uint[] Make()
    {
        uint[] made = new uint[256];
        for (uint i = 0; i < made.Length; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++) value = (value & 1) != 0 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
            made[i] = value;
        }

        return made;
    }
}
