using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Ripgrep;

/// <summary>What rg's <c>--json</c> writes: a message a line for the begin and end of each file, for what matched, and a summary.</summary>
/// <remarks>The shapes are those of ripgrep's printer, version 13.</remarks>
internal sealed class RgJson(CommandContext context)
{
    private readonly long begun = context.Time.GetTimestamp();
    private Totals all;
    private long fileBegun;

    private record struct Totals(TimeSpan Elapsed, long Searches, long Bytes, long Printed, long Lines, long Matches);

    /// <summary>A part of a line that matched.</summary>
    /// <param name="Start">In bytes from where the lines begin.</param>
    public readonly record struct Submatch(string Text, long Start, long End);

    /// <summary>Called before a file is searched.</summary>
    public void Begin() => fileBegun = context.Time.GetTimestamp();

    /// <param name="name">Of the file, as bytes.</param>
    /// <param name="print">Writes what was found, by <see cref="Lines"/>.</param>
    /// <param name="zero">Where the first NUL is; -1 for none.</param>
    public void File(string name, long length, int zero, Action<RgJson> print)
    {
        var before = all;
        Write($"{{\"type\":\"begin\",\"data\":{{\"path\":{Path(name)}}}}}");
        print(this);
        all.Searches++;
        all.Bytes += length;
        var elapsed = context.Time.GetElapsedTime(fileBegun);
        all.Elapsed += elapsed;
        var stats = new Totals(elapsed, 1, length, all.Printed - before.Printed, all.Lines - before.Lines, all.Matches - before.Matches);
        long printed = all.Printed;
        Write($"{{\"type\":\"end\",\"data\":{{\"path\":{Path(name)},\"binary_offset\":{(zero < 0 ? "null" : zero.ToString(CultureInfo.InvariantCulture))},\"stats\":{{\"elapsed\":{Time(elapsed, summary: false)},"
            + $"\"searches\":1,\"searches_with_match\":1,\"bytes_searched\":{stats.Bytes},\"bytes_printed\":{stats.Printed},\"matched_lines\":{stats.Lines},\"matches\":{stats.Matches}}}}}}}");
        all.Printed = printed;
    }

    /// <summary>One or several lines with their ends.</summary>
    /// <param name="matched">False for lines of context.</param>
    /// <param name="number">Of the first line, from 1.</param>
    public void Lines(string name, ReadOnlySpan<byte> lines, bool matched, long number, long offset, IReadOnlyList<Submatch> submatches, int count)
    {
        string parts = string.Join(',', submatches.Select(s => $"{{\"match\":{{\"text\":{Quote(s.Text)}}},\"start\":{s.Start},\"end\":{s.End}}}"));
        Write($"{{\"type\":\"{(matched ? "match" : "context")}\",\"data\":{{\"path\":{Path(name)},\"lines\":{Data(lines)},\"line_number\":{number},\"absolute_offset\":{offset},\"submatches\":[{parts}]}}}}");
        if (!matched) return;
        all.Lines += count;
        all.Matches += submatches.Count;
    }

    public void Summary()
        => Write($"{{\"data\":{{\"elapsed_total\":{Time(context.Time.GetElapsedTime(begun), summary: true)},\"stats\":{{\"bytes_printed\":{all.Printed},\"bytes_searched\":{all.Bytes},\"elapsed\":{Time(all.Elapsed, summary: true)},"
            + $"\"matched_lines\":{all.Lines},\"matches\":{all.Matches},\"searches\":{all.Searches},\"searches_with_match\":{all.Searches}}}}},\"type\":\"summary\"}}");

    private static string Time(TimeSpan elapsed, bool summary)
    {
        long seconds = (long)elapsed.TotalSeconds, nanoseconds = elapsed.Ticks % TimeSpan.TicksPerSecond * 100;
        string human = string.Create(CultureInfo.InvariantCulture, $"\"{elapsed.TotalSeconds:0.000000}s\"");
        return summary ? $"{{\"human\":{human},\"nanos\":{nanoseconds},\"secs\":{seconds}}}" : $"{{\"secs\":{seconds},\"nanos\":{nanoseconds},\"human\":{human}}}";
    }

    private static string Path(string name) => Data(Latin.Bytes(name));

    /// <summary>As text where the bytes are that, otherwise in base64.</summary>
    private static string Data(ReadOnlySpan<byte> bytes)
        => Utf8.IsValid(bytes) ? $"{{\"text\":{Quote(Encoding.UTF8.GetString(bytes))}}}" : $"{{\"bytes\":\"{Convert.ToBase64String(bytes)}\"}}";

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private void Write(string message)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(message);
        context.Output.Write(bytes);
        context.Output.WriteByte((byte)'\n');
        all.Printed += bytes.Length + 1;
    }
}
