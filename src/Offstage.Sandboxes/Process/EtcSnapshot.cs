using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Offstage.Sandboxes.Process;

/// <summary>
/// The picked part of <c>/etc</c> as one folder: files copied, folders left empty to be mounted over. Bubblewrap reads the
/// whole mount table again for each mount: forty files mounted one by one made every start 12 ms slower.
/// </summary>
/// <remarks>Named by what it was copied from, so that a change of the host gives a new one and nothing under a running
/// sandbox is ever changed.</remarks>
/// <param name="Folder">Absolute.</param>
/// <param name="Mounts">Folders of the host to be mounted over those of the same path.</param>
internal sealed record EtcSnapshot(string Folder, IReadOnlyList<string> Mounts)
{
    // Picked one by one: /etc also holds password hashes, private keys and the tokens of package managers.
    private static readonly string[] files =
    [
        "bash.bashrc", "ca-certificates.conf", "debian_version", "gai.conf", "group", "host.conf", "hostname", "hosts", "inputrc",
        "ld.so.cache", "locale.alias", "localtime", "magic", "mime.types", "nsswitch.conf", "os-release", "passwd", "profile",
        "protocols", "resolv.conf", "services", "shells", "ssl/openssl.cnf", "timezone",
    ];

    private static readonly string[] folders = ["alternatives", "fonts", "pki/ca-trust", "pki/tls/certs", "profile.d", "ssl/certs"];

    /// <summary>Makes the copy below <paramref name="root"/> when it is not there yet.</summary>
    public static EtcSnapshot Ensure(string root)
    {
        FileInfo[] sources = [.. files.Select(name => new FileInfo($"/etc/{name}")).Where(file => file.Exists)];

        // Java keeps part of its installation here, in a folder named by version.
        string[] mounts = [.. folders.Select(name => $"/etc/{name}").Where(Directory.Exists), .. Directory.EnumerateDirectories("/etc", "java-*")];
        string folder = Path.Combine(root, $"etc-{Fingerprint(sources, mounts)}");
        if (!Directory.Exists(folder))
            Make(folder, sources, mounts);
        return new EtcSnapshot(folder, mounts);
    }

    private static void Make(string folder, FileInfo[] sources, string[] mounts)
    {
        string partial = $"{folder}.{Guid.NewGuid():N}";
        foreach (string mount in mounts)
            Directory.CreateDirectory(Below(partial, mount));
        foreach (FileInfo source in sources)
        {
            string target = Below(partial, source.FullName);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(source.FullName, target);
        }

        try
        {
            Directory.Move(partial, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Directory.Delete(partial, recursive: true);   // another driver made the same one first
        }
    }

    private static string Below(string folder, string path) => Path.Combine(folder, Path.GetRelativePath("/etc", path));

    private static string Fingerprint(FileInfo[] sources, string[] mounts)
    {
        StringBuilder seen = new();
        foreach (FileInfo file in sources)
            seen.Append(CultureInfo.InvariantCulture, $"{file.FullName}\0{file.Length}\0{file.LastWriteTimeUtc.Ticks}\n");
        seen.AppendJoin('\n', mounts);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(seen.ToString())))[..16];
    }
}
