namespace Offstage.Shell.Execution;

/// <summary>The traps of one process. Read from other threads when they send signals.</summary>
internal sealed class TrapTable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, string> commands;

    public TrapTable() => commands = new(StringComparer.Ordinal);

    private TrapTable(TrapTable other)
    {
        lock (other.gate)
            commands = new(other.commands, StringComparer.Ordinal);
        IsInherited = other.IsInherited;
        kept = other.kept;
    }

    private string[] kept = [];

    /// <summary>Whether what is here is the parent's: it is shown, but only what is ignored counts.</summary>
    public bool IsInherited { get; private set; }

    /// <summary>The command of a trap; empty when the signal is ignored; null when there is none.</summary>
    public string? Find(string name)
    {
        lock (gate)
            return commands.TryGetValue(name, out string? command) && Counts(name, command) ? command : null;
    }

    public string? FindShown(string name)
    {
        lock (gate)
            return commands.GetValueOrDefault(name);
    }

    public void Set(string name, string command)
    {
        lock (gate)
        {
            DropInherited();
            commands[name] = command;
        }
    }

    /// <summary>All traps that count.</summary>
    public Dictionary<string, string> All()
    {
        lock (gate)
            return commands.Where(c => Counts(c.Key, c.Value)).ToDictionary(c => c.Key, c => c.Value);
    }

    public void Forget(string name)
    {
        lock (gate)
        {
            DropInherited();
            commands.Remove(name);
        }
    }

    public TrapTable Fork() => new(this);

    /// <summary>In a subshell the traps are back to what they were at first, but for those that are ignored.</summary>
    /// <param name="keeps">The events whose traps go on to count.</param>
    public void Reset(params string[] keeps)
    {
        // What an outer subshell lost does not come back in an inner one.
        kept = IsInherited ? [.. kept.Intersect(keeps)] : keeps;
        IsInherited = true;
    }

    private bool Counts(string name, string command) => !IsInherited || command.Length == 0 || kept.Contains(name);

    private void DropInherited()
    {
        if (!IsInherited)
            return;
        string[] dropped = [.. commands.Where(c => !Counts(c.Key, c.Value)).Select(c => c.Key)];
        IsInherited = false;
        foreach (string name in dropped)
            commands.Remove(name);
    }
}
