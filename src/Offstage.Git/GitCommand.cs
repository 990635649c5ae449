using System.Text;
using Offstage.Processes;

namespace Offstage.Git;

/// <summary>Runs git: hardened, without prompts, bounded in time and output, deaf to the configuration of whoever runs the server.</summary>
/// <remarks>
/// G1: git is always told which repository and work tree it works on. Only <see cref="RunInAsync"/> lets it look for one,
/// at a path that a person named; never inside a workspace, where an agent may have written a <c>.git</c> of its own.
/// </remarks>
public sealed class GitCommand
{
    private const int OutputBytesMax = 8 * 1024 * 1024;
    private const int LockAttemptsMax = 25;

    private static readonly TimeSpan lockDelay = TimeSpan.FromMilliseconds(20);

    // Each line closes a way in which a repository, or files in a work tree, could run a program or change what we read.
    private static readonly string[] hardening =
    [
        "-c", "core.hooksPath=/dev/null",
        "-c", "core.fsmonitor=false",
        "-c", "protocol.ext.allow=never",
        "-c", "core.sparseCheckout=false",
        "-c", "core.splitIndex=false",
        "-c", "core.quotePath=false",
        "-c", "submodule.recurse=false",
        "-c", "diff.ignoreSubmodules=dirty",
        "-c", "commit.gpgSign=false",
        "-c", "gc.auto=0",
        "-c", "maintenance.auto=false",
        "-c", "advice.addEmbeddedRepo=false",
    ];

    private readonly GitOptions options;
    private readonly ProcessRunner runner;
    private readonly TimeProvider timeProvider;
    private readonly Dictionary<string, string> environment;

    public GitCommand(GitOptions options, ProcessRunner runner, TimeProvider timeProvider)
    {
        this.options = options;
        this.runner = runner;
        this.timeProvider = timeProvider;
        environment = new()
        {
            ["PATH"] = string.Join(':', options.PathFolders),
            ["LC_ALL"] = "C",
            ["GIT_TERMINAL_PROMPT"] = "0",
            ["GIT_CONFIG_NOSYSTEM"] = "1",
            ["GIT_CONFIG_GLOBAL"] = "/dev/null",
            ["GIT_OPTIONAL_LOCKS"] = "0",
            ["GIT_ALLOW_PROTOCOL"] = "https:ssh:git:file",
            ["GIT_DEFAULT_REF_FORMAT"] = "files",
        };
    }

    internal TimeProvider Time => timeProvider;

    internal GitOptions Options => options;

    /// <summary>Lets git find the repository from a folder.</summary>
    internal Task<RunResult> RunInAsync(string folder, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
        => RunAsync(new Invocation(arguments) { Folder = folder, Timeout = options.CommandTimeout }, cancellationToken);

    /// <summary>Talks to another machine.</summary>
    internal Task<RunResult> RunRemoteAsync(GitRepository? repository, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
        => RunAsync(
            new Invocation(arguments)
            {
                Timeout = options.RemoteTimeout,
                Extra = Merge(repository is null ? [] : new() { ["GIT_DIR"] = repository.CommonDirectory }, options.RemoteEnvironment),
            },
            cancellationToken);

    /// <summary>Works on a repository without a work tree.</summary>
    internal Task<RunResult> RunAsync(
        GitRepository repository, IReadOnlyList<string> arguments, CancellationToken cancellationToken, string? input = null)
        => RunAsync(
            new Invocation(arguments)
            {
                Input = input,
                Timeout = options.CommandTimeout,
                Extra = new() { ["GIT_DIR"] = repository.CommonDirectory },
            },
            cancellationToken);

    /// <summary>Works on a work tree with the host's own idea of where its git directory is (G1).</summary>
    internal Task<RunResult> RunAsync(
        Worktree worktree,
        IReadOnlyList<string> arguments,
        CancellationToken cancellationToken,
        string? input = null,
        IReadOnlyDictionary<string, string>? extra = null)
        => RunAsync(
            new Invocation(arguments)
            {
                Folder = worktree.WorkTree,
                Input = input,
                Timeout = options.CommandTimeout,
                Extra = Merge(
                    new()
                    {
                        ["GIT_DIR"] = worktree.GitDirectory,
                        ["GIT_WORK_TREE"] = worktree.WorkTree,
                        ["GIT_COMMON_DIR"] = worktree.Repository.CommonDirectory,
                    },
                    extra ?? new Dictionary<string, string>()),
            },
            cancellationToken);

    /// <summary>The output of a command that must succeed, or an exception with what git said.</summary>
    internal static string Require(RunResult result, string what)
        => result is { ExitCode: 0, TimedOut: false, Truncated: false } ? result.StandardOutput : throw Failure(result, what);

    internal static GitException Failure(RunResult result, string what)
    {
        string said = result.TimedOut ? "it took too long and was stopped"
            : result.Truncated ? "its output was larger than is read"
            : result.StandardError.Trim();
        return new GitException("git_failed", $"Git could not {what}: {said}", retryable: result.TimedOut || IsLocked(result));
    }

    private async Task<RunResult> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        string program = ProgramPath.Find("git", options.PathFolders)
            ?? throw new GitException("git_unavailable", $"git is not installed in any of {string.Join(", ", options.PathFolders)}", retryable: false);
        RunSpec spec = new()
        {
            Child = new ChildSpec
            {
                Program = program,
                Arguments = [.. hardening, .. invocation.Arguments],
                Environment = Merge(new(environment), invocation.Extra),
                WorkingDirectory = invocation.Folder,
            },
            StandardInput = invocation.Input is { } input ? Encoding.UTF8.GetBytes(input) : null,
            Timeout = invocation.Timeout,
            OutputBytesMax = OutputBytesMax,
        };
        for (int attempt = 1; ; attempt++)
        {
            RunResult result = await StartAsync(spec, cancellationToken).ConfigureAwait(false);
            if (result.ExitCode == 0 || !IsLocked(result) || attempt == LockAttemptsMax)
                return result;

            // Somebody else holds one of git's lock files: another session on the repository, or the person it belongs to.
            await Task.Delay(lockDelay, timeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<RunResult> StartAsync(RunSpec spec, CancellationToken cancellationToken)
    {
        try
        {
            return await runner.RunAsync(spec, cancellationToken).ConfigureAwait(false);
        }
        catch (ProcessStartException failure)
        {
            throw new GitException("git_failed", failure.Message, retryable: false, failure);
        }
    }

    private static bool IsLocked(RunResult result)
        => result.StandardError.Contains(".lock': File exists", StringComparison.Ordinal)
            || result.StandardError.Contains("cannot lock ref", StringComparison.Ordinal)
                && result.StandardError.Contains("File exists", StringComparison.Ordinal);

    private static Dictionary<string, string> Merge(Dictionary<string, string> into, IReadOnlyDictionary<string, string> from)
    {
        foreach (var (name, value) in from)
            into[name] = value;
        return into;
    }

    private sealed record Invocation(IReadOnlyList<string> Arguments)
    {
        public string Folder { get; init; } = "/";

        public string? Input { get; init; }

        public required TimeSpan Timeout { get; init; }

        public Dictionary<string, string> Extra { get; init; } = [];
    }
}
