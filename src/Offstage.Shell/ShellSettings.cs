namespace Offstage.Shell;

/// <summary>What a shell is made of. Everything it can reach is named here.</summary>
public sealed record ShellSettings
{
    public required IFileTree Files { get; init; }

    public required TimeProvider Time { get; init; }

    public CommandRegistry Commands { get; init; } = CommandRegistry.Standard;

    public ShellLimits Limits { get; init; } = ShellLimits.Default;

    /// <summary>The exported variables that the shell begins with. Byte strings, as all text of the shell.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Absolute.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary><c>$0</c>, and what messages begin with.</summary>
    public string Name { get; init; } = "bash";

    public string HostName { get; init; } = "sandbox";

    public string UserName { get; init; } = "user";

    public int UserId { get; init; } = 1000;

    /// <summary><c>$$</c>.</summary>
    public int ProcessId { get; init; } = 1000;

    public int Umask { get; init; } = 0b000_010_010;

    /// <summary>Told every path that is opened, changed or removed; null for nobody. Called on the shell's threads.</summary>
    public Action<FileTouch>? Audit { get; init; }
}

public enum FileTouchKind
{
    Read,
    Write,
    Remove,
    Change,
}

/// <summary>A file that a script touched.</summary>
/// <param name="Path">Absolute, as it was asked for.</param>
public readonly record struct FileTouch(FileTouchKind Kind, string Path, FileError Outcome);
