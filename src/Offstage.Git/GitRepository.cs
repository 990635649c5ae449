namespace Offstage.Git;

/// <summary>A repository on this machine.</summary>
/// <param name="CommonDirectory">Absolute; holds <c>objects</c>, <c>refs</c> and <c>config</c>.</param>
/// <param name="ObjectFormat"><c>sha1</c> or <c>sha256</c>.</param>
public sealed record GitRepository(string CommonDirectory, string ObjectFormat);

/// <summary>A work tree with its own branch, as the host knows it; what its files say about git is never asked.</summary>
/// <param name="GitDirectory">Absolute; HEAD and index of this work tree, inside the repository.</param>
/// <param name="WorkTree">Absolute.</param>
/// <param name="Branch">Without <c>refs/heads/</c>.</param>
/// <param name="BaseCommit">Head of the branch when the work tree was made.</param>
public sealed record Worktree(GitRepository Repository, string GitDirectory, string WorkTree, string Branch, string BaseCommit);
