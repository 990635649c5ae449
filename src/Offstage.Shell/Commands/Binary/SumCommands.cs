using System.Buffers.Binary;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Binary;

/// <summary>cksum: POSIX's CRC and the length.</summary>
internal sealed class CksumCommand : ICommand
{
    private static readonly OptionTable table = new("cksum [FILE]...", "Print CRC checksum and byte counts of each FILE.");

    /// <summary>What a byte adds to the sum when so many bytes follow it: eight bytes are looked up at a time.</summary>
    private static readonly uint[][] crcs = Tables();

    public string Name => "cksum";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        var status = new RunningStatus();
        foreach (var file in InputFile.OpenAll(context, options.Operands, status))
        {
            uint crc = 0;
            long length = 0;
            while (file.Lines.TryReadAny(out var block))
            {
                length += block.Length;
                crc = Add(crc, block);
            }

            for (long rest = length; rest > 0; rest >>= 8) crc = Add(crc, [(byte)rest]);
            context.Output.WriteLine($"{~crc} {length}{(options.Operands.Count == 0 ? "" : " " + file.Name)}");
        }

        return status.Value;
    }

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
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

/// <summary>sum: the rotating sum of BSD, or System V's.</summary>
internal sealed class SumCommand : ICommand
{
    private static readonly OptionTable table = new(
        "sum [OPTION]... [FILE]...",
        "Print or check BSD (16-bit) checksums.",
        new('r', null, "use BSD sum algorithm (the default), use 1K blocks"),
        new('s', "sysv", "use System V sum algorithm, use 512 bytes blocks"));

    public string Name => "sum";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        bool systemV = options.Last("r", "s") == "s";
        var status = new RunningStatus();
        foreach (var file in InputFile.OpenAll(context, options.Operands, status))
        {
            uint sum = 0;
            long length = 0;
            while (file.Lines.TryReadAny(out var block))
            {
                length += block.Length;
                foreach (byte b in block) sum = systemV ? sum + b : (((sum >> 1) + ((sum & 1) << 15) + b) & 0xFFFF);
            }

            if (systemV)
            {
                uint folded = (sum & 0xFFFF) + (sum >> 16);
                folded = (folded & 0xFFFF) + (folded >> 16);
                context.Output.WriteLine($"{folded} {(length + 511) / 512}{(options.Operands.Count == 0 ? "" : " " + file.Name)}");
            }
            else
            {
                context.Output.WriteLine($"{sum:00000} {(length + 1023) / 1024,5}{(options.Operands.Count > 0 ? " " + file.Name : "")}");
            }
        }

        return status.Value;
    }
}
