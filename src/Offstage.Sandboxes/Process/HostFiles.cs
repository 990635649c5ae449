namespace Offstage.Sandboxes.Process;

/// <summary>What of the host's system every walled-off process may read, and no more.</summary>
internal sealed class HostFiles(string root)
{
    private static readonly string[] systemFolders = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];

    // These change while the server runs, when the machine changes its network.
    private static readonly string[] live = ["/etc/resolv.conf", "/etc/hosts"];

    private readonly Lazy<IReadOnlyList<string>> arguments = new(() => Build(root));

    /// <summary>Arguments for bubblewrap, found out once: they hold for as long as the server runs.</summary>
    public IReadOnlyList<string> Arguments => arguments.Value;

    /// <summary>Whether a path is one of the system's that processes inside can read.</summary>
    public static bool Covers(string path) => systemFolders.Any(folder => InnerPaths.IsUnder(path, folder));

    private static List<string> Build(string root)
    {
        List<string> arguments = [];
        foreach (string folder in systemFolders.Where(Path.Exists))
        {
            if (new DirectoryInfo(folder).LinkTarget is { } target)
                arguments.AddRange(["--symlink", target, folder]);
            else
                arguments.AddRange(["--ro-bind", folder, folder]);
        }

        EtcSnapshot etc = EtcSnapshot.Ensure(root);
        arguments.AddRange(["--ro-bind", etc.Folder, "/etc"]);
        foreach (string path in live.Where(File.Exists).Concat(etc.Mounts))
            arguments.AddRange(["--ro-bind-try", path, path]);
        return arguments;
    }
}
