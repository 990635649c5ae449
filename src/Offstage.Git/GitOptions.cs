namespace Offstage.Git;

/// <summary>Where git is and what it may take. Nothing of the server's own environment reaches it otherwise.</summary>
public sealed class GitOptions
{
    /// <summary>Folders in which <c>git</c>, and what it calls (ssh), are looked up.</summary>
    public IReadOnlyList<string> PathFolders { get; set; } = ["/usr/local/bin", "/usr/bin", "/bin"];

    /// <summary>Folder that holds the clones of URLs. Made when needed.</summary>
    public required string CacheFolder { get; set; }

    /// <summary>Given to git when it talks to another machine, and only then: HOME and SSH_AUTH_SOCK for ssh keys,
    /// GIT_CONFIG_GLOBAL for a credential helper. Overrides the defaults of the same name.</summary>
    public IReadOnlyDictionary<string, string> RemoteEnvironment { get; set; } = new Dictionary<string, string>();

    /// <summary>For one local git command. Default 2 min: adding a large workspace hashes all of it.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>For a clone or a fetch. Default 10 min.</summary>
    public TimeSpan RemoteTimeout { get; set; } = TimeSpan.FromMinutes(10);
}
