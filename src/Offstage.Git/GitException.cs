namespace Offstage.Git;

/// <summary>Git could not do what was asked. <see cref="Code"/> is stable.</summary>
public sealed class GitException(string code, string message, bool retryable, Exception? inner = null) : Exception(message, inner)
{
    /// <summary><c>repository_not_found</c>, <c>repository_unsupported</c>, <c>ref_not_found</c>,
    /// <c>branch_invalid</c>, <c>branch_checked_out</c>, <c>url_not_allowed</c>, <c>clone_failed</c>,
    /// <c>checkpoint_not_found</c>, <c>git_unavailable</c>, <c>git_failed</c>.</summary>
    public string Code { get; } = code;

    /// <summary>The same call can succeed later without anyone changing anything.</summary>
    public bool Retryable { get; } = retryable;
}
