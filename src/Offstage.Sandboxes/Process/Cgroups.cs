using System.Globalization;
using Offstage.Contracts;

namespace Offstage.Sandboxes.Process;

/// <summary>
/// Control groups, where the server may make them: version 1 below its own group, version 2 beside it when the parent was
/// delegated (systemd: <c>Delegate=yes</c> with <c>DelegateSubgroup=</c>). Elsewhere all members do nothing.
/// </summary>
internal sealed class Cgroups
{
    private const string Name = "offstage";

    // Good as bytes and as a number of processes: pids.max takes no more than four million.
    private const string ProbeLimit = "1048576";

    private readonly string? memory;
    private readonly string? processes;
    private readonly bool isUnified;

    private Cgroups(string? memory, string? processes, bool isUnified)
    {
        this.memory = memory;
        this.processes = processes;
        this.isUnified = isUnified;
    }

    public bool LimitsMemory => memory is not null;

    public bool LimitsProcesses => processes is not null;

    public string Description => !LimitsMemory && !LimitsProcesses
        ? "No control group can be made here: memory is limited for each process alone (RLIMIT_DATA), the number of processes not at all. Run the server as root or, with systemd, set Delegate=yes and DelegateSubgroup=server."
        : $"Memory and processes are limited for the sandbox as a whole by control groups, version {(isUnified ? 2 : 1)}; threads count as processes.";

    public static Cgroups Detect()
    {
        string[] mounts = File.ReadAllLines("/proc/self/mountinfo");
        string[] own = File.ReadAllLines("/proc/self/cgroup");
        if (FindUnified(mounts, own) is { } unified)
            return new Cgroups(unified, unified, isUnified: true);
        return new Cgroups(
            FindController(mounts, own, "memory", "memory.limit_in_bytes"),
            FindController(mounts, own, "pids", "pids.max"),
            isUnified: false);
    }

    /// <summary>Makes the groups of a sandbox, or sets the limits of those that are there.</summary>
    /// <returns>Files into which a process writes 0 to join.</returns>
    public IReadOnlyList<string> Prepare(SandboxId sandbox, SandboxLimits limits)
    {
        List<string> joins = [];
        foreach (string group in Groups(sandbox))
        {
            Directory.CreateDirectory(group);
            joins.Add(Path.Combine(group, "cgroup.procs"));
        }

        if (memory is not null)
        {
            string bytes = limits.MemoryBytesMax.ToString(CultureInfo.InvariantCulture);
            string group = Path.Combine(memory, sandbox.Value);
            TryWrite(group, isUnified ? "memory.max" : "memory.limit_in_bytes", bytes);

            // Without this the limit only moves the excess to swap. Absent where swap is not accounted.
            TryWrite(group, isUnified ? "memory.swap.max" : "memory.memsw.limit_in_bytes", isUnified ? "0" : bytes);
        }

        if (processes is not null)
            TryWrite(Path.Combine(processes, sandbox.Value), "pids.max", limits.ProcessesMax.ToString(CultureInfo.InvariantCulture));
        return joins;
    }

    public IReadOnlySet<int> Members(SandboxId sandbox)
    {
        HashSet<int> members = [];
        foreach (string group in Groups(sandbox).Where(Directory.Exists))
        {
            foreach (string file in Directory.EnumerateFiles(group, "cgroup.procs", SearchOption.AllDirectories))
                members.UnionWith(File.ReadLines(file).Select(line => int.Parse(line, CultureInfo.InvariantCulture)));
        }

        return members;
    }

    /// <summary>Until <see cref="Prepare"/> is called again.</summary>
    public void ForbidForks(SandboxId sandbox)
    {
        if (processes is not null)
            TryWrite(Path.Combine(processes, sandbox.Value), "pids.max", "0");
    }

    public void Remove(SandboxId sandbox)
    {
        foreach (string group in Groups(sandbox).Where(Directory.Exists))
        {
            try
            {
                Directory.Delete(group);
            }
            catch (IOException)
            {
                // A zombie that its parent has not collected yet still counts. An empty group costs nothing, and the next
                // stop or destroy tries again.
            }
        }
    }

    private IEnumerable<string> Groups(SandboxId sandbox)
        => new[] { memory, processes }.OfType<string>().Distinct().Select(parent => Path.Combine(parent, sandbox.Value));

    private static string? FindController(string[] mounts, string[] own, string controller, string limitFile)
    {
        foreach (string mount in mounts)
        {
            string[] words = mount.Split(' ');
            if (words[^3] != "cgroup" || !words[^1].Split(',').Contains(controller))
                continue;
            string? path = own.Select(line => line.Split(':', 3))
                .FirstOrDefault(parts => parts[1].Split(',').Contains(controller))?[2];
            return path is null ? null : Try(Path.Combine(Locate(words, path), Name), limitFile);
        }

        return null;
    }

    private static string? FindUnified(string[] mounts, string[] own)
    {
        string[]? words = mounts.Select(mount => mount.Split(' ')).FirstOrDefault(words => words[^3] == "cgroup2");
        string? path = own.FirstOrDefault(line => line.StartsWith("0::", StringComparison.Ordinal))?[3..];
        if (words is null || path is null or "/")
            return null;
        string parent = Path.Combine(Path.GetDirectoryName(Locate(words, path))!, Name);
        try
        {
            Directory.CreateDirectory(parent);
            File.WriteAllText(Path.Combine(parent, "cgroup.subtree_control"), "+memory +pids");
            return Try(parent, "memory.max");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The folder of a group below its mount, which in a container shows only a part of the hierarchy.</summary>
    private static string Locate(string[] mount, string path)
    {
        string mountRoot = mount[3];
        string relative = mountRoot != "/" && InnerPaths.IsUnder(path, mountRoot) ? path[mountRoot.Length..] : path;
        return Path.Combine(mount[4], relative.TrimStart('/'));
    }

    /// <summary>The folder if a group with that limit can be made in it.</summary>
    private static string? Try(string parent, string limitFile)
    {
        try
        {
            string probe = Path.Combine(parent, $"probe_{Guid.NewGuid():N}");
            Directory.CreateDirectory(probe);
            bool works = File.Exists(Path.Combine(probe, limitFile)) && TryWrite(probe, limitFile, ProbeLimit);
            Directory.Delete(probe);
            return works ? parent : null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool TryWrite(string group, string file, string value)
    {
        try
        {
            string path = Path.Combine(group, file);
            if (!File.Exists(path))
                return false;
            File.WriteAllText(path, value);
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
