using Offstage.Contracts;

namespace Offstage.Sandboxes.Process;

/// <summary>Checks the host paths that a sandbox asks for, before they are stored.</summary>
internal static class DeclaredPaths
{
    private static readonly string[] reserved =
        [InnerPaths.Workspace, InnerPaths.Home, InnerPaths.OtherTemp, InnerPaths.Git, InnerPaths.Objects, "/proc", "/dev"];

    /// <exception cref="SandboxException"><c>path_not_allowed</c>.</exception>
    public static void Require(SandboxId sandbox, SandboxSpec spec, string rootFolder)
    {
        string[] all = [.. spec.ReadOnlyPaths, .. spec.WritablePaths];
        foreach (string path in all)
        {
            if (!Path.IsPathFullyQualified(path) || path != Path.GetFullPath(path) || path == "/")
                throw Refuse(sandbox, path, "it must be absolute, without . and .., and not /");
            if (!Path.Exists(path))
                throw Refuse(sandbox, path, "it does not exist");

            // X3: no sandbox sees another one.
            if (InnerPaths.IsUnder(rootFolder, path) || InnerPaths.IsUnder(path, rootFolder))
                throw Refuse(sandbox, path, "it would show other sandboxes");
            bool isReserved = path == InnerPaths.Temp || reserved.Any(folder => InnerPaths.IsUnder(path, folder));
            if (spec.Isolation == Isolation.Bubblewrap && isReserved)
                throw Refuse(sandbox, path, "the sandbox has a folder of its own there");

            // X4: what is mounted must not lie where a process inside can put a link in its place; the next start would
            // follow that link with the server's rights.
            if (spec.WritablePaths.Any(writable => writable != path && InnerPaths.IsUnder(path, writable)))
                throw Refuse(sandbox, path, "it lies below another path that is writable");
        }
    }

    private static SandboxException Refuse(SandboxId sandbox, string path, string why)
        => new("path_not_allowed", $"{sandbox} cannot be given the path {path}: {why}", retryable: false);
}
