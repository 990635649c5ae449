using System.Globalization;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Archives;

/// <summary>Reads the members of an archive one after the other: ustar, pax, and GNU's long names.</summary>
internal sealed class TarReader(Stream stream, Interruption interruption)
{
    private const int ExtensionMax = 1 << 20;

    private readonly byte[] block = new byte[TarEntry.BlockSize];
    private long left;
    private long padding;

    /// <summary>Whether something was met that is no header.</summary>
    public bool IsBroken { get; private set; }

    public bool HasRead { get; private set; }

    /// <returns>Null at the end of the archive, or where it is broken.</returns>
    public TarEntry? Next()
    {
        Skip();
        string? longName = null, longLink = null;
        var pax = new Dictionary<string, string>();
        while (true)
        {
            interruption.Check();
            int count = Fill(block);
            if (count < block.Length)
            {
                IsBroken |= count > 0 || !HasRead;
                return null;
            }

            if (block.AsSpan().IndexOfAnyExcept((byte)0) < 0)
            {
                HasRead = true;
                return null;
            }

            if (TarEntry.Parse(block) is not { } entry)
            {
                IsBroken = true;
                return null;
            }

            HasRead = true;
            if (entry.Type is 'L' or 'K' or 'x' or 'g')
            {
                if (entry.Size > ExtensionMax)
                {
                    IsBroken = true;
                    return null;
                }

                byte[] content = new byte[entry.Size];
                (left, padding) = (0, Padding(entry.Size));
                if (Fill(content) < content.Length)
                {
                    IsBroken = true;
                    return null;
                }

                Skip();
                if (entry.Type == 'L') longName = Latin.Text(content).TrimEnd('\0');
                else if (entry.Type == 'K') longLink = Latin.Text(content).TrimEnd('\0');
                else if (entry.Type == 'x')
                    foreach (var (key, value) in TarEntry.PaxRecords(content)) pax[key] = value;
                continue;
            }

            entry = entry with { Name = pax.GetValueOrDefault("path") ?? longName ?? entry.Name, LinkName = pax.GetValueOrDefault("linkpath") ?? longLink ?? entry.LinkName };
            if (pax.TryGetValue("size", out string? size) && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out long real)) entry = entry with { Size = real };
            if (pax.TryGetValue("mtime", out string? time) && double.TryParse(time, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds is > -6e10 and < 2e11)
                entry = entry with { ModifiedAt = DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond)) };
            left = entry.Type is '1' or '2' or '3' or '4' or '5' or '6' ? 0 : entry.Size;
            padding = Padding(left);
            return entry;
        }
    }

    /// <summary>Reads on in the content of the member.</summary>
    /// <returns>0 at its end.</returns>
    public int Read(Span<byte> buffer)
    {
        if (left == 0) return 0;
        int count = stream.Read(buffer[..(int)Math.Min(buffer.Length, left)]);
        if (count == 0) IsBroken = true;
        left -= count;
        if (count == 0) left = 0;
        return count;
    }

    private void Skip()
    {
        byte[] buffer = new byte[8192];
        while (left > 0 && Read(buffer) > 0) interruption.Check();
        if (padding > 0) _ = Fill(buffer.AsSpan(0, (int)padding));
        padding = 0;
    }

    private int Fill(Span<byte> buffer)
    {
        int count = 0;
        while (count < buffer.Length)
        {
            int more = stream.Read(buffer[count..]);
            if (more == 0) break;
            count += more;
        }

        return count;
    }

    private static long Padding(long size) => (TarEntry.BlockSize - (size % TarEntry.BlockSize)) % TarEntry.BlockSize;
}
