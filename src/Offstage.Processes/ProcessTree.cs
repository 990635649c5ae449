using System.Globalization;
using System.Text;

namespace Offstage.Processes;

/// <summary>What <c>/proc</c> knows of a process. A snapshot: it may have ended since.</summary>
/// <param name="StartTicks">With the id it names a process for good: ids are used again, start times are not.</param>
public readonly record struct ProcessEntry(int Pid, int Parent, int Group, int Session, char State, ulong StartTicks)
{
    /// <summary>Ended and not yet collected by its parent; it holds nothing.</summary>
    public bool IsZombie => State is 'Z' or 'X';
}

/// <summary>Reads the processes of this machine from <c>/proc</c>.</summary>
public static class ProcessTree
{
    private const int EnvironmentBytesMax = 2 * 1024 * 1024;

    /// <summary>All processes that are not zombies.</summary>
    public static IReadOnlyList<ProcessEntry> ReadAll()
    {
        List<ProcessEntry> entries = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && Find(pid) is { IsZombie: false } entry)
                entries.Add(entry);
        }

        return entries;
    }

    /// <returns>Null when there is no such process.</returns>
    public static ProcessEntry? Find(int pid)
    {
        try
        {
            string text = File.ReadAllText($"/proc/{pid}/stat");

            // The name stands in parentheses and may hold anything, parentheses and blanks too: count from the last one.
            string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return new ProcessEntry(
                pid,
                int.Parse(fields[1], CultureInfo.InvariantCulture),
                int.Parse(fields[2], CultureInfo.InvariantCulture),
                int.Parse(fields[3], CultureInfo.InvariantCulture),
                fields[0][0],
                ulong.Parse(fields[19], CultureInfo.InvariantCulture));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>This process.</summary>
    public static ProcessEntry? FindSelf()
        => File.ResolveLinkTarget("/proc/self", returnFinalTarget: false) is { } link ? Find(int.Parse(link.Name, CultureInfo.InvariantCulture)) : null;

    /// <summary>Those of <paramref name="all"/> that descend from <paramref name="root"/>, without the root itself.</summary>
    public static IReadOnlyList<ProcessEntry> Descendants(IReadOnlyList<ProcessEntry> all, int root)
    {
        ILookup<int, ProcessEntry> children = all.ToLookup(entry => entry.Parent);
        List<ProcessEntry> found = [];
        Queue<int> open = new([root]);
        while (open.TryDequeue(out int parent))
        {
            foreach (ProcessEntry child in children[parent])
            {
                found.Add(child);
                open.Enqueue(child.Pid);
            }
        }

        return found;
    }

    /// <summary>The environment a process was started with, raw (<c>NAME=value</c>, each ended by a zero byte).</summary>
    /// <returns>Empty when the process is gone, a zombie, or not ours to look at.</returns>
    public static byte[] ReadEnvironment(int pid)
    {
        try
        {
            using FileStream file = new($"/proc/{pid}/environ", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            using MemoryStream content = new();
            byte[] buffer = new byte[8192];
            int count;
            while (content.Length < EnvironmentBytesMax && (count = file.Read(buffer)) > 0)
                content.Write(buffer, 0, count);
            return content.ToArray();
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The value of a variable in what <see cref="ReadEnvironment"/> gave; null when it is not set.</summary>
    public static string? FindVariable(ReadOnlySpan<byte> environment, string name)
    {
        Span<byte> prefix = stackalloc byte[Encoding.UTF8.GetMaxByteCount(name.Length) + 1];
        int length = Encoding.UTF8.GetBytes(name, prefix);
        prefix[length] = (byte)'=';
        prefix = prefix[..(length + 1)];
        while (!environment.IsEmpty)
        {
            int end = environment.IndexOf((byte)0);
            ReadOnlySpan<byte> entry = end < 0 ? environment : environment[..end];
            if (entry.StartsWith(prefix))
                return Encoding.UTF8.GetString(entry[prefix.Length..]);
            environment = end < 0 ? [] : environment[(end + 1)..];
        }

        return null;
    }

    /// <summary>SIGKILL to one process. Gone already is no error.</summary>
    public static void Kill(ProcessEntry entry)
    {
        // The id may have been used again since the snapshot; the start time tells.
        if (Find(entry.Pid) is { } now && now.StartTicks == entry.StartTicks)
            _ = Native.Kill(entry.Pid, (int)Signal.Kill);
    }
}
