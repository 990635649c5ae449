using Offstage.Contracts;
using Offstage.Processes;

namespace Offstage.Sandboxes.Process;

/// <summary>Ends processes for certain: kills what a search finds, waits for its end, and searches again until nothing is found.</summary>
internal sealed class Reaper(ProcessHost host, Cgroups cgroups, string root, TimeSpan stopTimeout, TimeProvider timeProvider)
{
    private static readonly TimeSpan roundMax = TimeSpan.FromMilliseconds(500);

    /// <summary>Everything of one sandbox (S9).</summary>
    /// <exception cref="SandboxException"><c>sandbox_stuck</c>: the kernel did not let go of a process in time.</exception>
    public async Task EndSandboxAsync(SandboxId sandbox, CancellationToken cancellationToken)
    {
        await EndAsync(() => Find(sandbox), sandbox, forbidsForks: true, cancellationToken).ConfigureAwait(false);
        cgroups.Remove(sandbox);
    }

    /// <summary>What one process of a sandbox without walls left behind.</summary>
    public Task EndTaggedAsync(string tag, SandboxId sandbox, CancellationToken cancellationToken)
        => EndAsync(() => Markers.FindProcess(tag), sandbox, forbidsForks: false, cancellationToken);

    /// <summary>Every sandbox of this root that has a process now.</summary>
    public IReadOnlySet<SandboxId> FindRunning()
        => Markers.Scan(ProcessTree.ReadAll(), root).Select(group => group.Key).ToHashSet();

    // Three searches, because each has a way out: the marker can be dropped by `env -i`, a double fork leaves the tree,
    // and control groups are not to be had everywhere.
    private List<ProcessEntry> Find(SandboxId sandbox)
    {
        IReadOnlyList<ProcessEntry> all = ProcessTree.ReadAll();
        IReadOnlySet<int> grouped = cgroups.Members(sandbox);
        List<ProcessEntry> found = [.. Markers.Scan(all, root)[sandbox], .. all.Where(entry => grouped.Contains(entry.Pid))];
        found.AddRange(found.ToArray().SelectMany(entry => ProcessTree.Descendants(all, entry.Pid)));
        return [.. found.Distinct()];
    }

    private async Task EndAsync(
        Func<IReadOnlyList<ProcessEntry>> find, SandboxId sandbox, bool forbidsForks, CancellationToken cancellationToken)
    {
        long startedAt = timeProvider.GetTimestamp();
        IReadOnlyList<ProcessEntry> left;
        for (int round = 0; (left = find()).Count > 0; round++)
        {
            // What is left after a round forks faster than we kill. Not in the first one: an ordinary program would see its
            // fork fail and end with an exit code of its own, as if it had not been killed.
            if (round == 1 && forbidsForks)
                cgroups.ForbidForks(sandbox);
            if (timeProvider.GetElapsedTime(startedAt) > stopTimeout)
                throw new SandboxException("sandbox_stuck", $"{left.Count} processes of {sandbox} are still there {stopTimeout.TotalSeconds} s after SIGKILL, the first is {left[0].Pid}; they wait for a disk or a device", retryable: true);
            foreach (ProcessEntry entry in left)
                ProcessTree.Kill(entry);
            await WaitAsync(left, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WaitAsync(IReadOnlyList<ProcessEntry> entries, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(entries.Select(entry => host.WaitForEndAsync(entry.Pid)))
                .WaitAsync(roundMax, timeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The next round looks again, and the outer bound ends it.
        }
    }
}
