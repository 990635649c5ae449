using System.Security.Cryptography;
using System.Text;
using Offstage.Contracts;
using Offstage.Processes;

namespace Offstage.Server.Hosting;

/// <summary>The data directory of one host, held by one process at a time.</summary>
public sealed class HomeFolder : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode PrivateFolder = Private | UnixFileMode.UserExecute;

    private readonly FileStream held;

    private HomeFolder(string path, FileStream held)
    {
        Path = path;
        this.held = held;
    }

    public string Path { get; }

    public string Database => System.IO.Path.Combine(Path, "offstage.db");

    /// <summary>What the server says of itself, in files that are rotated.</summary>
    public string Logs => System.IO.Path.Combine(Path, "logs");

    public string Clones => System.IO.Path.Combine(Path, "clones");

    /// <summary>Tells the children of this home's server from all other processes.</summary>
    public ProcessMark Mark => new("OFFSTAGE_SERVER", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(System.IO.Path.GetFullPath(Path))))[..16]);

    private string HostFile => System.IO.Path.Combine(Path, "host-id");

    /// <summary>Where a client finds the server that holds this home.</summary>
    public static string AddressFile(string home) => System.IO.Path.Combine(home, "server-url");

    public static string TokenFile(string home) => System.IO.Path.Combine(home, "token");

    /// <summary>Sandboxes of one host: another database's host has another folder, so neither takes the other's for orphans (B3).</summary>
    public string SandboxesOf(HostId host) => System.IO.Path.Combine(Path, "sandboxes", host.Value);

    /// <summary>Makes the folder when it is not there, and takes it for this process.</summary>
    /// <returns>Null when another process holds it. The hold ends with the process, however that ends.</returns>
    public static HomeFolder? TryHold(string path)
    {
        Directory.CreateDirectory(path, PrivateFolder);
        try
        {
            var held = new FileStream(
                System.IO.Path.Combine(path, "lock"),
                new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = Private });
            return new HomeFolder(path, held);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The token clients must give; made at the first start.</summary>
    public string EnsureToken() => EnsureFile(TokenFile(Path), () => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));

    public HostId EnsureHost(IdSource ids)
    {
        string text = EnsureFile(HostFile, () => ids.NewHost().Value);
        return IdSource.IsWellFormed(text, "hst_")
            ? new HostId(text)
            : throw new InvalidDataException($"{HostFile} does not hold a host id. Restore it from a backup, or remove it to start as a new host.");
    }

    /// <summary>This database does not know the sandboxes of the old id: begin as a new host, and leave them alone (B3).</summary>
    public HostId RenewHost(IdSource ids)
    {
        File.Delete(HostFile);
        return EnsureHost(ids);
    }

    public void Announce(string url) => Write(AddressFile(Path), url);

    public void Dispose()
    {
        File.Delete(AddressFile(Path));
        held.Dispose();
    }

    private static string EnsureFile(string path, Func<string> make)
    {
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } text)
            return text;
        string made = make();
        Write(path, made);
        return made;
    }

    /// <summary>Whole or not at all: a crash leaves no half of it.</summary>
    private static void Write(string path, string text)
    {
        string draft = path + ".new";
        File.Delete(draft);
        using (var file = new FileStream(draft, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Private }))
        {
            file.Write(Encoding.UTF8.GetBytes(text + "\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }
}
