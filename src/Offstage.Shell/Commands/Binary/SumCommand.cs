using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Binary;

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
        return Run(context, options.Operands, systemV: options.Last("r", "s") == "s");
    }

    public static int Run(CommandContext context, IReadOnlyList<string> operands, bool systemV)
    {
        var status = new RunningStatus();
        foreach (var file in InputFile.OpenAll(context, operands, status))
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
                context.Output.WriteLine($"{folded} {(length + 511) / 512}{(operands.Count == 0 ? "" : " " + file.Name)}");
            }
            else
            {
                context.Output.WriteLine($"{sum:00000} {(length + 1023) / 1024,5}{(operands.Count > 0 ? " " + file.Name : "")}");
            }
        }

        return status.Value;
    }
}
