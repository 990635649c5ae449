using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Binary;

/// <summary>cksum: POSIX's CRC and the length.</summary>
internal sealed class CksumCommand : ICommand
{
    private static readonly OptionTable table = new("cksum [FILE]...", "Print CRC checksum and byte counts of each FILE.");

    private static readonly uint[] crcs = [.. Enumerable.Range(0, 256).Select(i =>
    {
        uint crc = (uint)i << 24;
        for (int bit = 0; bit < 8; bit++) crc = (crc & 0x8000_0000) != 0 ? (crc << 1) ^ 0x04C1_1DB7 : crc << 1;
        return crc;
    })];

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
                foreach (byte b in block) crc = (crc << 8) ^ crcs[(byte)((crc >> 24) ^ b)];
            }

            for (long rest = length; rest > 0; rest >>= 8) crc = (crc << 8) ^ crcs[(byte)((crc >> 24) ^ (byte)rest)];
            context.Output.WriteLine($"{~crc} {length}{(options.Operands.Count == 0 ? "" : " " + file.Name)}");
        }

        return status.Value;
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
