using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class RevCommand : ICommand
{
    private static readonly OptionTable table = new("rev [options] [file ...]", "Reverse lines characterwise.", new Option('0', "zero", "use the NUL byte as line separator"));

    public string Name => "rev";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        int status = 0;
        foreach (string name in options.Operands.Count == 0 ? ["-"] : options.Operands)
        {
            using var file = InputFile.TryOpen(context, name, out var error);
            if (file is null)
            {
                context.Complain($"cannot open {name}: {error.Message()}");
                status = 1;
                continue;
            }

            byte delimiter = options.Has('0') ? (byte)0 : (byte)'\n';
            while (file.Reader.TryReadLine(out var line, out bool ended, delimiter))
            {
                byte[] reversed = Reverse(line, context.IsUtf8);
                context.Output.Write(reversed);
                if (ended) context.Output.WriteByte(delimiter);
            }
        }

        return status;
    }

    private static byte[] Reverse(ReadOnlySpan<byte> line, bool utf8)
    {
        byte[] result = new byte[line.Length];
        int to = line.Length;
        for (int i = 0; i < line.Length;)
        {
            int length = 1;
            if (utf8 && line[i] >= 0x80) System.Text.Rune.DecodeFromUtf8(line[i..], out _, out length);
            to -= length;
            line.Slice(i, length).CopyTo(result.AsSpan(to));
            i += length;
        }

        return result;
    }
}
