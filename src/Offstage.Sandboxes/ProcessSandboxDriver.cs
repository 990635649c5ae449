using System.Security.Cryptography;
using System.Text;
using Offstage.Contracts;
using Offstage.Git;
using Offstage.Processes;
using Offstage.Sandboxes.Process;

namespace Offstage.Sandboxes;

/// <summary>Sandboxes as processes of this machine: walled off by bubblewrap, or, where a person said so, not at all.</summary>
/// <remarks>Keeps nothing in memory that a successor would miss: everything is found from files and processes again.</remarks>
public sealed class ProcessSandboxDriver : ISandboxDriver
{
    private readonly ProcessSandboxOptions options;
    private readonly ProcessHost host;
    private readonly ProcessRunner runner;
    private readonly TimeProvider timeProvider;
    private readonly SandboxFiles files;
    private readonly Launcher launcher;
    private readonly Reaper reaper;
    private readonly Cgroups cgroups = Cgroups.Detect();
    private readonly string? bubblewrap;
    private readonly KeyedGate fileGates = new();
    private readonly KeyedGate processGates = new();
    private SandboxCapabilities? capabilities;

    /// <param name="host">Lives longer than the driver; when it is disposed, walled-off processes die.</param>
    public ProcessSandboxDriver(ProcessSandboxOptions options, ProcessHost host, TimeProvider timeProvider)
    {
        this.options = options;
        this.host = host;
        this.timeProvider = timeProvider;
        runner = new ProcessRunner(host, timeProvider);
        bubblewrap = options.BubblewrapPath ?? ProgramPath.Find("bwrap", options.PathFolders);
        string markerRoot = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(options.RootFolder))))[..16];
        var git = new GitCommand(options.Git, runner, timeProvider);
        files = new SandboxFiles(options.RootFolder, git);
        launcher = new Launcher(options, cgroups, bubblewrap, markerRoot);
        reaper = new Reaper(host, cgroups, markerRoot, options.StopTimeout, timeProvider);
    }

    public string Kind => "process";

    public async Task<SandboxCapabilities> GetCapabilitiesAsync(CancellationToken cancellationToken)
    {
        if (capabilities is { } known)
            return known;
        using IDisposable turn = await fileGates.EnterAsync(nameof(capabilities), cancellationToken).ConfigureAwait(false);
        return capabilities ??= await CapabilityProbe.RunAsync(bubblewrap, cgroups, runner, cancellationToken).ConfigureAwait(false);
    }

    public async Task<SandboxInfo> CreateAsync(SandboxId sandbox, SandboxSpec spec, CancellationToken cancellationToken)
    {
        SandboxFolders folders = files.FoldersOf(sandbox);
        using IDisposable turn = await fileGates.EnterAsync(sandbox.Value, cancellationToken).ConfigureAwait(false);
        if (SandboxRecord.Find(folders.Record) is { } existing)
        {
            if (!existing.ReadOnlyPaths.SequenceEqual(spec.ReadOnlyPaths) || !existing.WritablePaths.SequenceEqual(spec.WritablePaths))
            {
                // Another agent, or another version of it, is to run in it: what is started from here on sees its folders.
                DeclaredPaths.Require(sandbox, spec, Path.GetFullPath(options.RootFolder));
                existing = existing with { ReadOnlyPaths = spec.ReadOnlyPaths, WritablePaths = spec.WritablePaths };
                existing.Write(folders.Record);
            }

            return existing.ToInfo(folders, reaper.FindRunning().Contains(sandbox));
        }

        if (spec.Isolation == Isolation.Bubblewrap
            && (await GetCapabilitiesAsync(cancellationToken).ConfigureAwait(false)).Unusable is { } why)
            throw new SandboxException("sandbox_unavailable", why, retryable: false);
        DeclaredPaths.Require(sandbox, spec, Path.GetFullPath(options.RootFolder));
        SandboxRecord record = await files.CreateAsync(sandbox, spec, cancellationToken).ConfigureAwait(false);
        return record.ToInfo(folders, isRunning: false);
    }

    public async Task<ISandboxProcess> StartProcessAsync(SandboxId sandbox, ProcessSpec spec, CancellationToken cancellationToken)
    {
        (SandboxRecord record, ChildProcess child, string tag) = await StartAsync(sandbox, spec, cancellationToken).ConfigureAwait(false);
        return new SandboxProcess(child, ended => EndTreeAsync(record, ended, tag));
    }

    public async Task<ExecResult> ExecAsync(SandboxId sandbox, ExecSpec spec, CancellationToken cancellationToken)
    {
        long startedAt = timeProvider.GetTimestamp();
        (SandboxRecord record, ChildProcess child, string tag) = await StartAsync(sandbox, spec.Process, cancellationToken).ConfigureAwait(false);
        Task<StatusReport?> ending = EndTreeAsync(record, child, tag);
        RunSpec run = new()
        {
            Child = new ChildSpec { Program = spec.Process.Command[0] },
            StandardInput = Encoding.UTF8.GetBytes(spec.StandardInput ?? ""),
            Timeout = spec.Timeout,
            OutputBytesMax = spec.OutputBytesMax,
        };
        RunResult result;
        try
        {
            result = await runner.FinishAsync(child, run, startedAt, ending, () => child.SignalGroup(Signal.Kill), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await ending.ConfigureAwait(false);
        }

        StatusReport? report = await ending.ConfigureAwait(false);
        if (report is { ProgramRan: false } && result is { TimedOut: false, ExitCode: < 128 and > 0 })
            throw new SandboxException("sandbox_start_failed", $"{spec.Process.Command[0]} could not be run in {sandbox}: {result.StandardError.Trim()}", retryable: false);
        return new ExecResult(result.ExitCode, result.StandardOutput, result.StandardError, result.TimedOut, result.Truncated, timeProvider.GetElapsedTime(startedAt));
    }

    public async Task StopAsync(SandboxId sandbox, CancellationToken cancellationToken)
    {
        _ = files.FoldersOf(sandbox);
        using IDisposable turn = await processGates.EnterAsync(sandbox.Value, cancellationToken).ConfigureAwait(false);
        await reaper.EndSandboxAsync(sandbox, cancellationToken).ConfigureAwait(false);
    }

    public async Task DestroyAsync(SandboxId sandbox, CancellationToken cancellationToken)
    {
        using IDisposable turn = await fileGates.EnterAsync(sandbox.Value, cancellationToken).ConfigureAwait(false);

        // First no more starts, then no more processes, then no more files. Cut off in between, it is Partial and can be
        // destroyed again.
        files.Retire(sandbox);
        await StopAsync(sandbox, cancellationToken).ConfigureAwait(false);
        files.Delete(sandbox);
    }

    public Task<IReadOnlyList<SandboxInfo>> ListAsync(CancellationToken cancellationToken)
    {
        IReadOnlySet<SandboxId> running = reaper.FindRunning();
        List<SandboxInfo> found = files.List(running);
        found.AddRange(running
            .Except(found.Select(info => info.Sandbox))
            .Select(sandbox => new SandboxInfo(sandbox, null, SandboxState.Partial, null, null, null, null)));
        return Task.FromResult<IReadOnlyList<SandboxInfo>>(found);
    }

    /// <summary>The host's own view of a sandbox's work tree, for checkpoints and commits.</summary>
    /// <returns>Null when there is no such sandbox, it is partial, or it has no repository.</returns>
    public Worktree? FindWorktree(SandboxId sandbox) => SandboxRecord.Find(files.FoldersOf(sandbox).Record)?.Worktree;

    private async Task<(SandboxRecord Record, ChildProcess Child, string Tag)> StartAsync(
        SandboxId sandbox, ProcessSpec spec, CancellationToken cancellationToken)
    {
        SandboxFolders folders = files.FoldersOf(sandbox);
        using IDisposable turn = await processGates.EnterAsync(sandbox.Value, cancellationToken).ConfigureAwait(false);
        SandboxRecord record = SandboxRecord.Find(folders.Record)
            ?? throw new SandboxException("sandbox_not_found", $"There is no sandbox {sandbox}", retryable: false);
        string tag = RandomNumberGenerator.GetHexString(16, lowercase: true);
        ChildSpec child = launcher.Build(record, folders, spec, tag);
        try
        {
            return (record, await host.StartAsync(child).ConfigureAwait(false), tag);
        }
        catch (ProcessStartException failure)
        {
            throw new SandboxException("sandbox_start_failed", $"{spec.Command[0]} could not be started in {sandbox}: {failure.Message}", retryable: false, failure);
        }
    }

    /// <summary>Completes when nothing that the child brought about is left; with bubblewrap's report where there is one.</summary>
    private async Task<StatusReport?> EndTreeAsync(SandboxRecord record, ChildProcess child, string tag)
    {
        await child.Exited.ConfigureAwait(false);
        if (record.Isolation == Isolation.None)
        {
            await reaper.EndTaggedAsync(tag, new(record.Sandbox), CancellationToken.None).ConfigureAwait(false);
            return null;
        }

        // Bubblewrap's death kills the init of the PID namespace, and init's end means that the kernel has ended all inside.
        StatusReport report = await StatusReport.ReadAsync(child, CancellationToken.None).ConfigureAwait(false);
        if (report.InitPid is { } init && ProcessTree.FindVariable(ProcessTree.ReadEnvironment(init), Markers.Process) == tag)
            await host.WaitForEndAsync(init).ConfigureAwait(false);
        return report;
    }
}
