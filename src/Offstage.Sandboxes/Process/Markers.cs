using Offstage.Contracts;
using Offstage.Processes;

namespace Offstage.Sandboxes.Process;

/// <summary>
/// Variables by which a sandbox's processes are found again by anyone who can read <c>/proc</c>, also after the server that
/// started them was killed. The root tells two servers of one machine apart (X2: only what is ours is ended).
/// </summary>
internal static class Markers
{
    public const string Sandbox = "OFFSTAGE_SANDBOX";
    public const string Root = "OFFSTAGE_SANDBOX_ROOT";
    public const string Process = "OFFSTAGE_PROCESS";

    private const int KernelThreads = 2;

    /// <summary>All processes that carry a marker of this root, by sandbox.</summary>
    public static ILookup<SandboxId, ProcessEntry> Scan(IReadOnlyList<ProcessEntry> all, string root)
        => all
            .Where(entry => entry.Parent != KernelThreads)
            .Select(entry => (Entry: entry, Environment: ProcessTree.ReadEnvironment(entry.Pid)))
            .Where(found => ProcessTree.FindVariable(found.Environment, Root) == root)
            .Select(found => (found.Entry, Sandbox: ProcessTree.FindVariable(found.Environment, Sandbox)))
            .Where(found => found.Sandbox is not null)
            .ToLookup(found => new SandboxId(found.Sandbox!), found => found.Entry);

    /// <summary>All that one <c>StartProcessAsync</c> brought about and that kept its environment.</summary>
    public static IReadOnlyList<ProcessEntry> FindProcess(string tag)
    {
        IReadOnlyList<ProcessEntry> all = ProcessTree.ReadAll();
        ProcessEntry[] marked = [.. all
            .Where(entry => entry.Parent != KernelThreads)
            .Where(entry => ProcessTree.FindVariable(ProcessTree.ReadEnvironment(entry.Pid), Process) == tag)];
        return [.. marked.Concat(marked.SelectMany(entry => ProcessTree.Descendants(all, entry.Pid))).Distinct()];
    }
}
