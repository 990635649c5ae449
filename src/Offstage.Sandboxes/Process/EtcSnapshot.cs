using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Offstage.Sandboxes.Process;

/// <summary>
/// A copy of the picked part of <c>/etc</c>, mounted as one folder. Bubblewrap reads the whole mount table again for each
/// mount: forty files mounted one by one made every start 12 ms slower.
/// </summary>
/// <remarks>Named by what it was copied from, so that a change of the host gives a new one and nothing under a running
/// sandbox is ever changed.</remarks>
internal static class EtcSnapshot
{
    // Picked one by one: /etc also holds password hashes, private keys and the tokens of package managers.
    private static readonly string[] names =
    [
        "alternatives", "bash.bashrc", "ca-certificates", "ca-certificates.conf", "debian_version", "fonts", "gai.conf", "group",
        "host.conf", "hostname", "hosts", "inputrc", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "locale.alias", "localtime",
        "magic", "mime.types", "nsswitch.conf", "os-release", "passwd", "pki/ca-trust", "pki/tls/certs", "profile", "profile.d",
        "protocols", "resolv.conf", "services", "shells", "ssl/certs", "ssl/openssl.cnf", "terminfo", "timezone",
    ];

    // Java's and Python's installations keep part of themselves here, in folders named by version.
    private static readonly string[] patterns = ["java-*", "python3*", "perl"];

    /// <returns>Absolute path of the copy, made below <paramref name="root"/> when it is not there yet.</returns>
    public static string Ensure(string root)
    {
        string[] sources = [.. names.Select(name => $"/etc/{name}")
            .Concat(patterns.SelectMany(pattern => Directory.EnumerateDirectories("/etc", pattern)))
            .Where(Path.Exists)];
        string folder = Path.Combine(root, $"etc-{Fingerprint(sources)}");
        if (Directory.Exists(folder))
            return folder;

        string partial = $"{folder}.{Guid.NewGuid():N}";
        foreach (string source in sources)
            Copy(source, Path.Combine(partial, Path.GetRelativePath("/etc", source)));
        try
        {
            Directory.Move(partial, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Directory.Delete(partial, recursive: true);   // another driver made the same one first
        }

        return folder;
    }

    private static string Fingerprint(IEnumerable<string> sources)
    {
        StringBuilder seen = new();
        foreach (FileInfo file in sources.SelectMany(source => Directory.Exists(source)
            ? new DirectoryInfo(source).EnumerateFiles("*", SearchOption.AllDirectories)
            : [new FileInfo(source)]))
            seen.Append(CultureInfo.InvariantCulture, $"{file.FullName}\0{file.LinkTarget}\0{file.LastWriteTimeUtc.Ticks}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(seen.ToString())))[..16];
    }

    /// <summary>Links below a picked folder stay links; what was picked itself is followed.</summary>
    private static void Copy(string from, string to)
    {
        if (!Directory.Exists(from))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            TryCopyFile(from, to);
            return;
        }

        Directory.CreateDirectory(to);
        foreach (FileSystemInfo entry in new DirectoryInfo(from).EnumerateFileSystemInfos())
        {
            string target = Path.Combine(to, entry.Name);
            if (entry.LinkTarget is { } link)
                File.CreateSymbolicLink(target, link);
            else
                Copy(entry.FullName, target);
        }
    }

    private static void TryCopyFile(string from, string to)
    {
        try
        {
            File.Copy(from, to);
        }
        catch (UnauthorizedAccessException)
        {
            // What the server may not read, a sandbox need not.
        }
    }
}
