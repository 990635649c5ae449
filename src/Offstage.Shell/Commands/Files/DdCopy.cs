using System.Globalization;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Files;

/// <summary>Copies by blocks, and counts them as dd does.</summary>
/// <param name="isDirect">Whether every block read is written at once instead of being gathered to output blocks.</param>
internal sealed class DdCopy(CommandContext context, FileDescription source, FileDescription target, int inputSize, int outputSize, bool isDirect, HashSet<string> conversions, bool fullBlocks) : IDisposable
{
    private readonly MemoryStream gathered = new();
    private long wholeIn, partIn, wholeOut, partOut, bytes;

    public int Status { get; private set; }

    public void Dispose() => gathered.Dispose();

    /// <returns>False when the input ends before.</returns>
    public bool Skip(long count)
    {
        if (count == 0) return true;
        if (source.CanSeek && source.Status.IsRegular)
        {
            bool inside = source.Seek(0, SeekOrigin.Current, out long position) == FileError.None && position + count <= source.Status.Size;
            _ = source.Seek(count, SeekOrigin.Current, out _);
            return inside;
        }

        byte[] buffer = new byte[64 * 1024];
        for (; count > 0;)
        {
            context.Check();
            if (source.Read(buffer.AsSpan(0, (int)Math.Min(count, buffer.Length)), context.Interruption, out int read) != FileError.None || read == 0) return false;
            count -= read;
        }

        return true;
    }

    public void Run(long records, long limit, string from, string to, string status)
    {
        long started = context.Time.GetTimestamp();
        context.Budget.Hold(inputSize + (long)outputSize);
        byte[] buffer = new byte[inputSize];
        for (; records > 0 && limit > 0; records--)
        {
            context.Check();
            FileError error = Read(buffer.AsSpan(0, (int)Math.Min(inputSize, limit)), out int count);
            if (error != FileError.None)
            {
                context.Complain($"error reading {Latin.Quote(from)}: {error.Message()}");
                Status = 1;
                break;
            }

            if (count == 0) break;
            limit -= count;
            if (count == inputSize) wholeIn++;
            else partIn++;
            if (count < inputSize && conversions.Contains("sync"))
            {
                buffer.AsSpan(count).Clear();
                count = inputSize;
            }

            Span<byte> block = buffer.AsSpan(0, count);
            Convert(block);
            if (isDirect) Write(block, to);
            else Gather(block, to);
            if (Status != 0) break;
        }

        if (gathered.Length > 0 && Status == 0) Write(gathered.ToArray(), to);
        context.Budget.Release(inputSize + (long)outputSize);
        if (status == "none") return;
        context.Output.Flush();
        context.Error.WriteLine($"{wholeIn}+{partIn} records in\n{wholeOut}+{partOut} records out");
        if (status != "noxfer") context.Error.WriteLine(Summary(context.Time.GetElapsedTime(started)));
        context.Error.Flush();
    }

    private FileError Read(Span<byte> buffer, out int count)
    {
        count = 0;
        while (count < buffer.Length)
        {
            FileError error = source.Read(buffer[count..], context.Interruption, out int read);
            if (error != FileError.None) return error;
            count += read;
            if (read == 0 || !fullBlocks) break;
        }

        return FileError.None;
    }

    private void Convert(Span<byte> block)
    {
        if (conversions.Contains("swab"))
        {
            for (int i = 0; i + 1 < block.Length; i += 2) (block[i], block[i + 1]) = (block[i + 1], block[i]);
        }

        if (conversions.Contains("ucase")) System.Text.Ascii.ToUpperInPlace(block, out _);
        if (conversions.Contains("lcase")) System.Text.Ascii.ToLowerInPlace(block, out _);
    }

    private void Gather(ReadOnlySpan<byte> block, string to)
    {
        while (!block.IsEmpty && Status == 0)
        {
            int taken = Math.Min(block.Length, outputSize - (int)gathered.Length);
            gathered.Write(block[..taken]);
            block = block[taken..];
            if (gathered.Length < outputSize) continue;
            Write(gathered.GetBuffer().AsSpan(0, outputSize), to);
            gathered.SetLength(0);
        }
    }

    private void Write(ReadOnlySpan<byte> block, string to)
    {
        FileError error = target.Write(block, context.Interruption);
        if (error == FileError.BrokenPipe) throw new WriteFailedException(error);
        if (error != FileError.None)
        {
            context.Complain($"error writing {Latin.Quote(to)}: {error.Message()}");
            Status = 1;
            return;
        }

        bytes += block.Length;
        if (block.Length == outputSize) wholeOut++;
        else partOut++;
    }

    private string Summary(TimeSpan time)
    {
        double seconds = Math.Max(time.TotalSeconds, 1e-9);
        string size = bytes == 1 ? "1 byte" : $"{bytes} bytes";
        if (bytes >= 1000) size += bytes >= 1024 ? $" ({Unit(bytes, 1000, "B")}, {Unit(bytes, 1024, "iB")})" : $" ({Unit(bytes, 1000, "B")})";
        return $"{size} copied, {CFormat.General(seconds, 6, false)} s, {Unit(bytes / seconds, 1000, "B/s")}";
    }

    private static string Unit(double value, double radix, string unit)
    {
        int power = 0;
        for (; value >= radix && power < 6; power++) value /= radix;
        string letter = power == 0 ? "" : (radix == 1000 ? "kMGTPE" : "KMGTPE")[power - 1].ToString();
        if (power == 0) unit = unit.Replace("i", "", StringComparison.Ordinal);
        return value.ToString(value < 10 && power > 0 ? "F1" : "F0", CultureInfo.InvariantCulture) + " " + letter + unit;
    }
}
