namespace Offstage.Sandboxes.Process;

/// <summary>What of the host's system every walled-off process may read, and no more.</summary>
internal static class HostFiles
{
    private static readonly string[] systemFolders = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];

    // Picked one by one: /etc also holds password hashes, private keys and the tokens of package managers.
    private static readonly string[] configuration =
    [
        "/etc/alternatives", "/etc/bash.bashrc", "/etc/ca-certificates", "/etc/ca-certificates.conf", "/etc/debian_version",
        "/etc/fonts", "/etc/gai.conf", "/etc/group", "/etc/host.conf", "/etc/hostname", "/etc/hosts", "/etc/inputrc",
        "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/locale.alias", "/etc/localtime", "/etc/magic",
        "/etc/mime.types", "/etc/nsswitch.conf", "/etc/os-release", "/etc/passwd", "/etc/pki/ca-trust", "/etc/pki/tls/certs",
        "/etc/profile", "/etc/profile.d", "/etc/protocols", "/etc/resolv.conf", "/etc/services", "/etc/shells",
        "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/terminfo", "/etc/timezone",
    ];

    // Java's and Python's installations keep part of themselves here, in folders named by version.
    private static readonly string[] configurationPatterns = ["java-*", "python3*", "perl"];

    /// <summary>Arguments for bubblewrap, found out once: they hold for as long as the server runs.</summary>
    public static IReadOnlyList<string> Arguments { get; } = Build();

    /// <summary>Whether a path is one of the system's that processes inside can read.</summary>
    public static bool Covers(string path) => systemFolders.Any(folder => InnerPaths.IsUnder(path, folder));

    private static List<string> Build()
    {
        List<string> arguments = [];
        foreach (string folder in systemFolders.Where(Path.Exists))
        {
            if (new DirectoryInfo(folder).LinkTarget is { } target)
                arguments.AddRange(["--symlink", target, folder]);
            else
                arguments.AddRange(["--ro-bind", folder, folder]);
        }

        foreach (string path in configuration.Where(Path.Exists).Concat(configurationPatterns.SelectMany(pattern => Directory.EnumerateDirectories("/etc", pattern))))
            arguments.AddRange(["--ro-bind-try", path, path]);
        return arguments;
    }
}
