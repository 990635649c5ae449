using System.Globalization;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Files;

internal sealed class DdCommand : ICommand
{
    private const int BlockMax = 64 << 20;

    private static readonly OptionTable table = new(
        "dd [OPERAND]...",
        "Copy a file, converting according to the operands: if= of= bs= ibs= obs= count= skip= seek= conv= iflag= oflag= status=");

    private static readonly string[] conversions = ["notrunc", "ucase", "lcase", "swab", "sync", "noerror", "fsync", "fdatasync", "excl", "nocreat", "sparse"];
    private static readonly string[] flags = ["fullblock", "skip_bytes", "count_bytes", "seek_bytes", "append", "sync", "dsync", "direct", "nonblock", "noatime", "nocache", "noctty", "nofollow", "binary", "text"];

    public string Name => "dd";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        var given = new Dictionary<string, string>();
        foreach (string operand in options.Operands)
        {
            int equals = operand.IndexOf('=');
            string key = equals < 0 ? "" : operand[..equals];
            if (key is not ("if" or "of" or "bs" or "ibs" or "obs" or "cbs" or "count" or "skip" or "seek" or "iseek" or "oseek" or "conv" or "iflag" or "oflag" or "status")) return Usage.Error(context, $"unrecognized operand {Latin.Quote(operand)}");
            string value = operand[(equals + 1)..];
            given[key] = key is "conv" or "iflag" or "oflag" && given.TryGetValue(key, out string? before) ? $"{before},{value}" : value;
        }

        string status = given.GetValueOrDefault("status", "");
        if (status is not ("" or "none" or "noxfer" or "progress")) return Usage.Error(context, $"invalid status level: {Latin.Quote(status)}");
        foreach (var (key, known, what) in ((string, string[], string)[])[("conv", conversions, "conversion"), ("iflag", flags, "input flag"), ("oflag", flags, "output flag")])
        {
            if (Words(given, key).FirstOrDefault(w => !known.Contains(w)) is { } wrong) return Usage.Error(context, $"invalid {what}: {Latin.Quote(wrong)}");
        }

        int both = given.TryGetValue("bs", out string? bs) ? Block(bs) : 0;
        int input = both > 0 ? both : given.TryGetValue("ibs", out string? ibs) ? Block(ibs) : 512;
        int output = both > 0 ? both : given.TryGetValue("obs", out string? obs) ? Block(obs) : 512;
        string? from = given.GetValueOrDefault("if"), to = given.GetValueOrDefault("of");
        FileDescription source = context.StandardInput.Share(), target = context.Output.Target.Share();
        try
        {
            if (from is not null)
            {
                source.Release();
                FileError error = context.Open(from, FileOpening.Read, out FileDescription? opened);
                source = (opened ?? Streams.Device.Null).Share();
                opened?.Release();
                if (opened is null) throw new CommandFailedException($"failed to open {Latin.Quote(from)}: {error.Message()}");
            }

            long skip = Number(given.GetValueOrDefault("skip") ?? given.GetValueOrDefault("iseek") ?? "0", out bool skipsBytes);
            long seek = Number(given.GetValueOrDefault("seek") ?? given.GetValueOrDefault("oseek") ?? "0", out bool seeksBytes);
            if (!skipsBytes && !Words(given, "iflag").Contains("skip_bytes")) skip = Times(skip, input);
            if (!seeksBytes && !Words(given, "oflag").Contains("seek_bytes")) seek = Times(seek, output);
            if (to is not null)
            {
                target.Release();
                target = OpenTarget(context, to, seek, given);
            }
            else if (seek > 0 && target.Seek(seek, SeekOrigin.Current, out _) != FileError.None)
            {
                throw new CommandFailedException("'standard output': cannot seek: Illegal seek");
            }

            long limit = long.MaxValue, records = long.MaxValue;
            if (given.TryGetValue("count", out string? count))
            {
                long most = Number(count, out bool countsBytes);
                if (countsBytes || Words(given, "iflag").Contains("count_bytes")) limit = most;
                else records = most;
            }

            using var copy = new DdCopy(context, source, target, input, output, both > 0, [.. Words(given, "conv")], Words(given, "iflag").Contains("fullblock"));
            if (!copy.Skip(skip)) context.Complain($"{Latin.Quote(from ?? "standard input")}: cannot skip to specified offset");
            copy.Run(records, limit, from ?? "standard input", to ?? "standard output", status);
            return copy.Status;
        }
        finally
        {
            source.Release();
            target.Release();
        }
    }

    private static FileDescription OpenTarget(CommandContext context, string to, long seek, Dictionary<string, string> given)
    {
        string[] conv = [.. Words(given, "conv")];
        bool append = Words(given, "oflag").Contains("append"), keeps = conv.Contains("notrunc");
        var opening = FileOpening.Write | (conv.Contains("nocreat") ? 0 : FileOpening.Create) | (conv.Contains("excl") ? FileOpening.Exclusive : 0) | (append ? FileOpening.Append : 0);
        if (!keeps && seek == 0) opening |= FileOpening.Truncate;
        if (seek > context.Budget.Limits.FileBytesMax) throw new CommandFailedException($"failed to truncate to {seek} bytes in output file {Latin.Quote(to)}: File too large");
        FileError error = context.Open(to, opening, out FileDescription? target);
        if (target is null) throw new CommandFailedException($"failed to open {Latin.Quote(to)}: {error.Message()}");
        if (seek == 0) return target;
        if (!keeps) error = target.Status.IsRegular ? context.Files.Truncate(context.Resolve(to), seek) : FileError.None;
        if (error == FileError.None) error = target.Seek(seek, SeekOrigin.Begin, out _);
        if (error == FileError.None) return target;
        target.Release();
        throw new CommandFailedException($"{Latin.Quote(to)}: cannot seek: {error.Message()}");
    }

    private static string[] Words(Dictionary<string, string> given, string key) => given.GetValueOrDefault(key, "").Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static int Block(string text)
    {
        long value = Number(text, out _);
        if (value == 0) throw new CommandFailedException($"invalid number: {Latin.Quote(text)}");
        return value <= BlockMax ? (int)value : throw new CommandFailedException($"memory exhausted by input buffer of size {value} bytes");
    }

    private static long Times(long a, long b) => a > long.MaxValue / b ? throw new CommandFailedException($"invalid number: '{a}': Value too large for defined data type") : a * b;

    /// <summary>Reads <c>2</c>, <c>4K</c>, <c>2x512</c>, <c>10B</c>.</summary>
    private static long Number(string text, out bool isBytes)
    {
        isBytes = text.EndsWith('B') && text.Length > 1 && char.IsAsciiDigit(text[^2]);
        long product = 1;
        foreach (string factor in (isBytes ? text[..^1] : text).Split('x'))
        {
            if (!SizeText.TryParse(factor.EndsWith('k') ? factor[..^1] + "K" : factor, out long value)) throw new CommandFailedException(string.Create(CultureInfo.InvariantCulture, $"invalid number: {Latin.Quote(text)}"));
            product = value == 0 ? 0 : Times(product, value);
        }

        return product;
    }
}
