using Offstage.Git;

namespace Offstage.Sandboxes;

/// <summary>Where the <c>process</c> driver keeps sandboxes and what it starts them with.</summary>
public sealed class ProcessSandboxOptions
{
    /// <summary>Absolute; one folder for each sandbox below it. Belongs to one server at a time.</summary>
    public required string RootFolder { get; set; }

    /// <summary>Absolute path of bubblewrap; null looks it up in <see cref="PathFolders"/>.</summary>
    public string? BubblewrapPath { get; set; }

    /// <summary>PATH of the processes inside, and where the driver's own helpers are looked up.</summary>
    public IReadOnlyList<string> PathFolders { get; set; } = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>Given to every process besides PATH, HOME, LANG, TMPDIR and USER: what of the host's environment is meant
    /// to be seen, a proxy for instance. Empty by default.</summary>
    public IReadOnlyDictionary<string, string> HostEnvironment { get; set; } = new Dictionary<string, string>();

    /// <summary>How long stopping waits for killed processes to be gone before it says that it failed. Default 10 s.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Git on the host: clones and work trees.</summary>
    public required GitOptions Git { get; set; }
}
