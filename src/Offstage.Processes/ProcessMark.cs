namespace Offstage.Processes;

/// <summary>
/// A variable that every child of a host carries, so that whoever comes after a host that was killed with -9 finds what it left
/// running: a clone from a server that says nothing, a program that was asked for its version and hangs.
/// </summary>
/// <remarks><c>posix_spawn</c> cannot ask the kernel to end a child with its parent, and a helper that nobody waits for may
/// still write to what its successor works on.</remarks>
public sealed record ProcessMark(string Name, string Value)
{
    private const int RoundsMax = 20;

    /// <summary>Kills every process that carries the mark, and waits for their end. The caller knows that no host of the mark lives.</summary>
    /// <returns>How many were found.</returns>
    public async Task<int> EndLeftBehindAsync(ProcessHost host, CancellationToken cancellationToken)
    {
        int found = 0;
        for (int round = 0; round < RoundsMax && Find() is { Count: > 0 } left; round++)
        {
            found += left.Count;
            foreach (ProcessEntry entry in left)
                ProcessTree.Kill(entry);
            await Task.WhenAll(left.Select(entry => host.WaitForEndAsync(entry.Pid))).WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return found;
    }

    /// <summary>Not this process and those above it: a server may be started from a shell that an agent of the same home began.</summary>
    private List<ProcessEntry> Find()
    {
        IReadOnlyList<ProcessEntry> all = ProcessTree.ReadAll();
        HashSet<int> above = [];
        for (ProcessEntry? at = ProcessTree.FindSelf(); at is { } one && above.Add(one.Pid);)
            at = ProcessTree.Find(one.Parent);
        return [.. all.Where(entry => !above.Contains(entry.Pid)
            && ProcessTree.FindVariable(ProcessTree.ReadEnvironment(entry.Pid), Name) == Value)];
    }
}
