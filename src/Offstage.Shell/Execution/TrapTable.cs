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
    }

    /// <summary>Whether what is here is the parent's: it is shown, but only what is ignored counts.</summary>
    public bool IsInherited { get; private set; }

    /// <summary>The command of a trap; empty when the signal is ignored; null when there is none.</summary>
    public string? Find(string name)
    {
        lock (gate)
            return commands.TryGetValue(name, out string? command) && (!IsInherited || command.Length == 0) ? command : null;
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
            return commands.Where(c => !IsInherited || c.Value.Length == 0).ToDictionary(c => c.Key, c => c.Value);
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
    public void Reset() => IsInherited = true;

    private void DropInherited()
    {
        if (!IsInherited)
            return;
        IsInherited = false;
        foreach (string name in commands.Where(c => c.Value.Length > 0).Select(c => c.Key).ToArray())
            commands.Remove(name);
    }
}
