namespace Offstage.Sandboxes.Process;

/// <summary>Where a walled-off process sees its files. Stable: agents store these paths in their own state.</summary>
internal static class InnerPaths
{
    public const string Workspace = "/workspace";
    public const string Home = "/home/agent";
    public const string Temp = "/tmp";

    /// <summary>Where the sandbox's temp folder is when a declared path of the host lies below <see cref="Temp"/>.</summary>
    public const string OtherTemp = "/var/tmp";

    public const string Git = "/workspace.git";
    public const string Objects = "/workspace.objects";

    /// <summary>
    /// The sandbox's own temp folder, writable inside. What is mounted must not lie in it (X4): where the host keeps an agent
    /// below <c>/tmp</c>, that becomes an empty folder made anew at each start, and the temp folder is elsewhere.
    /// </summary>
    public static string TempOf(IEnumerable<string> declared)
        => declared.Any(path => IsUnder(path, Temp)) ? OtherTemp : Temp;

    public static bool IsUnder(string path, string folder)
        => path == folder || (path.StartsWith(folder, StringComparison.Ordinal) && (folder.EndsWith('/') || path[folder.Length] == '/'));
}
