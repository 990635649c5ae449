using Offstage.Contracts;

namespace Offstage.Sandboxes;

/// <summary>
/// Makes places where commands run. One implementation per kind; all inherit the conformance suite
/// <c>SandboxDriverConformance</c>.
/// </summary>
/// <remarks>
/// Every call is idempotent by sandbox id and safe to repeat after a crash: the caller may have lost the first
/// answer. The owner row exists before <see cref="CreateAsync"/> is called (B1). Calls for different sandboxes may run
/// concurrently; for one sandbox, <see cref="StopAsync"/> and <see cref="DestroyAsync"/> may run beside anything.
/// </remarks>
public interface ISandboxDriver
{
    /// <summary>Stable name, stored with the sandbox: <c>process</c>.</summary>
    string Kind { get; }

    /// <summary>What this driver enforces on this machine, found out once.</summary>
    Task<SandboxCapabilities> GetCapabilitiesAsync(CancellationToken cancellationToken);

    /// <summary>Makes the sandbox, or answers with the one that is already there. Of a spec for one that is there, only the declared paths
    /// count, for what is started from then on.</summary>
    /// <exception cref="SandboxException">It could not be made; nothing of it is left that <see cref="ListAsync"/>
    /// does not show. <see cref="SandboxException.Retryable"/> says whether another attempt can help.</exception>
    Task<SandboxInfo> CreateAsync(SandboxId sandbox, SandboxSpec spec, CancellationToken cancellationToken);

    /// <summary>Starts a long-lived process with pipes.</summary>
    /// <remarks>A driver that learns of a failed start only afterwards ends the process with an exit code other than 0 and
    /// says why in <see cref="ISandboxProcess.StandardErrorTail"/>.</remarks>
    /// <exception cref="SandboxException">No such sandbox (<c>sandbox_not_found</c>), or the program could not be started.</exception>
    Task<ISandboxProcess> StartProcessAsync(SandboxId sandbox, ProcessSpec spec, CancellationToken cancellationToken);

    /// <summary>Runs a command to its end, with bounded output. A command over its time is killed and reported as such.</summary>
    Task<ExecResult> ExecAsync(SandboxId sandbox, ExecSpec spec, CancellationToken cancellationToken);

    /// <summary>Ends every process of the sandbox, whatever signals they ignore; files stay (S9). Absent: no effect.</summary>
    /// <remarks>When it returns, no process of the sandbox is left.</remarks>
    /// <exception cref="SandboxException"><c>sandbox_stuck</c>: not even the kernel could end one in time.</exception>
    Task StopAsync(SandboxId sandbox, CancellationToken cancellationToken);

    /// <summary>Ends every process and removes the files. Absent: no effect.</summary>
    Task DestroyAsync(SandboxId sandbox, CancellationToken cancellationToken);

    /// <summary>All that exists here of this driver's making: from files and processes, not from memory (B1).</summary>
    Task<IReadOnlyList<SandboxInfo>> ListAsync(CancellationToken cancellationToken);
}

/// <summary>What a driver can promise here. What is not enforced is said, never assumed.</summary>
public sealed record SandboxCapabilities
{
    /// <summary>Files outside the workspace, the declared paths and the system's own folders cannot be read or written.</summary>
    public required bool IsolatesFiles { get; init; }

    public required bool IsolatesNetwork { get; init; }

    public required bool LimitsMemory { get; init; }

    public required bool LimitsProcesses { get; init; }

    /// <summary>Null when usable; otherwise why not, and what to install.</summary>
    public required string? Unusable { get; init; }

    /// <summary>How each limit is enforced, for <c>doctor</c>: one sentence each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}

/// <summary>Where the files of a sandbox come from.</summary>
public abstract record WorkspaceSource
{
    private WorkspaceSource() { }

    /// <summary>A new git worktree on its own branch. Exactly one of path and URL.</summary>
    /// <param name="Location">Absolute path of a repository on this machine, or a URL that git can clone.</param>
    /// <param name="Ref">Branch, tag or commit to begin at; null is the repository's HEAD.</param>
    /// <param name="Branch">The session's branch. It exists already when the session was archived and comes back.</param>
    public sealed record Repository(string Location, bool IsUrl, string? Ref, string Branch) : WorkspaceSource;

    /// <summary>An empty folder.</summary>
    public sealed record Empty : WorkspaceSource;
}

/// <summary>What network a sandbox has. An allow-list will be a further case.</summary>
public enum NetworkAccess
{
    None,
    Full,
}

/// <summary>How strongly a sandbox is walled off.</summary>
public enum Isolation
{
    /// <summary>Own file view, own PID space; refuses to run where that cannot be had.</summary>
    Bubblewrap,

    /// <summary>None at all: said by a person, never chosen for them.</summary>
    None,
}

public sealed record SandboxLimits
{
    public long MemoryBytesMax { get; init; } = 4L * 1024 * 1024 * 1024;

    public int ProcessesMax { get; init; } = 512;
}

public sealed record SandboxSpec
{
    public required SessionId Session { get; init; }

    public required WorkspaceSource Workspace { get; init; }

    public required Isolation Isolation { get; init; }

    public required NetworkAccess Network { get; init; }

    public SandboxLimits Limits { get; init; } = new();

    /// <summary>Host paths the processes may read besides the system's: where an agent is installed.</summary>
    public IReadOnlyList<string> ReadOnlyPaths { get; init; } = [];

    /// <summary>Host paths the processes may write besides workspace, home and temp.</summary>
    public IReadOnlyList<string> WritablePaths { get; init; } = [];
}

public enum SandboxState
{
    /// <summary>Files are there, no process runs.</summary>
    Stopped,

    /// <summary>At least one process runs.</summary>
    Running,

    /// <summary>Begun and not finished: a crash in the middle of creating or destroying.</summary>
    Partial,
}

/// <param name="Session">Null when the record beside the files cannot be read.</param>
/// <param name="WorkspacePath">On the host. Null for <see cref="SandboxState.Partial"/>.</param>
/// <param name="InnerWorkspacePath">As the processes inside see it.</param>
/// <param name="InnerHomePath">HOME of the processes inside; kept as long as the sandbox.</param>
/// <param name="BaseCommit">The commit the worktree began at; null without a repository.</param>
public sealed record SandboxInfo(
    SandboxId Sandbox,
    SessionId? Session,
    SandboxState State,
    string? WorkspacePath,
    string? InnerWorkspacePath,
    string? InnerHomePath,
    string? BaseCommit);

public sealed record ProcessSpec
{
    /// <summary>Program and arguments; the program is an absolute path or found on the sandbox's PATH.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Inside the sandbox; null is the workspace.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>On top of PATH, HOME, LANG, TMPDIR, USER. Nothing of the host's environment comes in.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}

public sealed record ExecSpec
{
    public required ProcessSpec Process { get; init; }

    public string? StandardInput { get; init; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Per stream; what is over is cut from the middle and said so.</summary>
    public int OutputBytesMax { get; init; } = 1024 * 1024;
}

/// <param name="ExitCode">128 + signal when it was killed.</param>
public sealed record ExecResult(int ExitCode, string StandardOutput, string StandardError, bool TimedOut, bool Truncated, TimeSpan Elapsed);

/// <summary>A running process in a sandbox. Disposing kills it and all it started.</summary>
public interface ISandboxProcess : IAsyncDisposable
{
    Stream StandardInput { get; }

    Stream StandardOutput { get; }

    /// <summary>Last 16 KiB of standard error, drained all the time so that the process never blocks on it.</summary>
    string StandardErrorTail { get; }

    /// <summary>Completes with the exit code when the process and the tree below it have ended.</summary>
    Task<int> Exited { get; }

    /// <summary>SIGKILL to all of the process's tree, and waits until it is gone.</summary>
    Task KillAsync(CancellationToken cancellationToken);
}

/// <summary>A sandbox could not do what was asked. <see cref="Code"/> is stable.</summary>
public class SandboxException(string code, string message, bool retryable, Exception? inner = null) : Exception(message, inner)
{
    /// <summary><c>sandbox_not_found</c>, <c>sandbox_unavailable</c>, <c>repository_not_found</c>, <c>ref_not_found</c>,
    /// <c>repository_unsupported</c>, <c>branch_invalid</c>, <c>branch_checked_out</c>,
    /// <c>clone_failed</c>, <c>path_not_allowed</c>, <c>program_not_found</c>, <c>sandbox_start_failed</c>,
    /// <c>sandbox_stuck</c>.</summary>
    public string Code { get; } = code;

    public bool Retryable { get; } = retryable;
}
