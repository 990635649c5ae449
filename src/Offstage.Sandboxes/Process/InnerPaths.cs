namespace Offstage.Sandboxes.Process;

/// <summary>Where a walled-off process sees its files. Stable: agents store these paths in their own state.</summary>
internal static class InnerPaths
{
    public const string Workspace = "/workspace";
    public const string Home = "/home/agent";
    public const string Temp = "/tmp";
    public const string Git = "/workspace.git";
    public const string Objects = "/workspace.objects";

    public static bool IsUnder(string path, string folder)
        => path == folder || (path.StartsWith(folder, StringComparison.Ordinal) && (folder.EndsWith('/') || path[folder.Length] == '/'));
}
