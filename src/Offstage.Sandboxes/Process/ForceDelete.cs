namespace Offstage.Sandboxes.Process;

/// <summary>Deletes a folder whatever modes its contents have: a Go module cache is read-only on purpose.</summary>
internal static class ForceDelete
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Links are removed, never followed. Absent: no effect.</summary>
    public static void Folder(string path)
    {
        if (!Directory.Exists(path))
            return;
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException)
        {
            MakeWritable(new DirectoryInfo(path));
            Directory.Delete(path, recursive: true);
        }
    }

    private static void MakeWritable(DirectoryInfo folder)
    {
        if (folder.LinkTarget is not null)
            return;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder.FullName, Owner);
        foreach (DirectoryInfo inner in folder.EnumerateDirectories())
            MakeWritable(inner);
    }
}
