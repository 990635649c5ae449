using System.Security.Cryptography;
using System.Text;
using Offstage.Processes;

namespace Offstage.Kill.Tests.World;

/// <summary>
/// Every process that a server of a home brought about, found from outside: by the sandbox markers, and by the home's path in
/// its command line or as its working directory.
/// </summary>
internal sealed class HomeProcesses(string home)
{
    private const int CommandShownMax = 160;

    private static readonly TimeSpan GoneBound = TimeSpan.FromSeconds(10);

    /// <param name="server">Left out, it is no child of its own.</param>
    public IReadOnlyList<ProcessEntry> Find(int? server = null)
    {
        string[] roots = MarkerRoots();
        return [.. ProcessTree.ReadAll().Where(p => p.Pid != server && p.Pid != Environment.ProcessId && IsOurs(p.Pid, roots))];
    }

    /// <summary>The sandbox a process belongs to; null when it carries no marker.</summary>
    public static string? SandboxOf(ProcessEntry process)
        => ProcessTree.FindVariable(ProcessTree.ReadEnvironment(process.Pid), "OFFSTAGE_SANDBOX");

    public static string Describe(ProcessEntry process)
    {
        string command = Read($"/proc/{process.Pid}/cmdline").Replace('\0', ' ');
        string shown = command.Length > CommandShownMax ? $"{command[..60]}… {command[^(CommandShownMax - 60)..]}" : command;
        return $"{process.Pid} (parent {process.Parent}, sandbox {SandboxOf(process) ?? "none"}) {shown}";
    }

    /// <returns>Those that are still there at the end of a bound.</returns>
    public static async Task<IReadOnlyList<ProcessEntry>> AwaitGoneAsync(IReadOnlyList<ProcessEntry> processes, TimeSpan bound)
    {
        long deadline = Environment.TickCount64 + (long)bound.TotalMilliseconds;
        while (true)
        {
            ProcessEntry[] left = [.. processes.Where(p => ProcessTree.Find(p.Pid) is { IsZombie: false } now && now.StartTicks == p.StartTicks)];
            if (left.Length == 0 || Environment.TickCount64 > deadline)
                return left;

            // The end of somebody else's child is nobody's event.
            await Task.Delay(20);
        }
    }

    /// <summary>For the end of a test, also of one that failed.</summary>
    public async Task KillAllAsync()
    {
        for (int round = 0; round < 10 && Find() is { Count: > 0 } left; round++)
        {
            foreach (var process in left)
                ProcessTree.Kill(process);
            await AwaitGoneAsync(left, GoneBound);
        }
    }

    private bool IsOurs(int pid, string[] roots)
    {
        if (Read($"/proc/{pid}/cmdline").Contains(home, StringComparison.Ordinal) || WorkingDirectory(pid).StartsWith(home, StringComparison.Ordinal))
            return true;
        byte[] variables = ProcessTree.ReadEnvironment(pid);
        return ProcessTree.FindVariable(variables, "OFFSTAGE_SANDBOX_ROOT") is { } root && roots.Contains(root);
    }

    private string[] MarkerRoots()
    {
        string sandboxes = Path.Combine(home, "sandboxes");
        return Directory.Exists(sandboxes)
            ? [.. Directory.GetDirectories(sandboxes).Select(f => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(f)))[..16])]
            : [];
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string WorkingDirectory(int pid)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{pid}/cwd", returnFinalTarget: false)?.FullName ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
