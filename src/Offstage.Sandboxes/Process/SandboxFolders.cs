using Offstage.Contracts;

namespace Offstage.Sandboxes.Process;

/// <summary>The files of one sandbox on the host.</summary>
internal sealed class SandboxFolders
{
    public SandboxFolders(string root, SandboxId sandbox)
    {
        // X1: the id is the name of a folder that is deleted as a whole, so nothing but an id may be one.
        Invariant.Require(IdSource.IsWellFormed(sandbox.Value, "sbx_"), "X1");
        Folder = Path.Combine(root, sandbox.Value);
    }

    public string Folder { get; }

    public string Workspace => Path.Combine(Folder, "workspace");

    public string Home => Path.Combine(Folder, "home");

    public string Temp => Path.Combine(Folder, "tmp");

    /// <summary>The git directory that processes inside see.</summary>
    public string PrivateGit => Path.Combine(Folder, "git");

    /// <summary>Mounted over the workspace's <c>.git</c>.</summary>
    public string DotGit => Path.Combine(Folder, "dotgit");

    /// <summary>There means complete.</summary>
    public string Record => Path.Combine(Folder, "sandbox.json");

    /// <summary>The same record before the sandbox is complete and after it began to be destroyed.</summary>
    public string Draft => Path.Combine(Folder, "sandbox.json.partial");
}
