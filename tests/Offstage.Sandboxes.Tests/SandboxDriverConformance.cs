using System.Text;
using Offstage.Contracts;

namespace Offstage.Sandboxes.Tests;

/// <summary>What every driver keeps, whatever it is made of. A driver's tests inherit this and add their own.</summary>
public abstract class SandboxDriverConformance : IAsyncLifetime
{
    protected SandboxWorld World { get; private set; } = null!;

    protected ISandboxDriver Driver => World.Driver;

    protected abstract Isolation Isolation { get; }

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    public virtual ValueTask InitializeAsync()
    {
        World = new SandboxWorld();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (World is not null)
            await World.DisposeAsync();
    }

    [Fact]
    public async Task Create_repeated_answers_the_same_sandbox()
    {
        SandboxSpec spec = Spec(await World.MakeRepositoryAsync());
        SandboxId sandbox = SandboxWorld.NewSandbox();
        SandboxInfo first = await Driver.CreateAsync(sandbox, spec, Stop);
        await File.WriteAllTextAsync(Path.Combine(first.WorkspacePath!, "kept.txt"), "kept", Stop);
        SandboxInfo second = await World.NewDriver().CreateAsync(sandbox, spec, Stop);

        Assert.Equal(first, second);
        Assert.True(File.Exists(Path.Combine(first.WorkspacePath!, "kept.txt")));
        Assert.Equal("hello\n", await File.ReadAllTextAsync(Path.Combine(first.WorkspacePath!, "README.md"), Stop));
    }

    [Fact]
    public async Task Create_with_one_id_at_once_makes_one_sandbox()
    {
        SandboxSpec spec = Spec(await World.MakeRepositoryAsync());
        SandboxId sandbox = SandboxWorld.NewSandbox();
        SandboxInfo[] infos = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Driver.CreateAsync(sandbox, spec, Stop)));

        Assert.Single(infos.Distinct());
        Assert.Single(await Driver.ListAsync(Stop));
    }

    [Fact]
    public async Task Several_sandboxes_are_made_on_one_repository_at_once_and_the_dirty_source_stays_as_it_is()
    {
        await World.MakeRepositoryAsync();
        await World.HostAsync(World.SourceFolder, "echo changed >> README.md; echo new > untracked; echo staged > staged; git add staged");
        string before = await World.HostAsync(World.SourceFolder, "git status --porcelain; git rev-parse HEAD; git symbolic-ref HEAD");
        SandboxInfo[] infos = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ =>
        {
            SessionId session = SandboxWorld.NewSession();
            return Driver.CreateAsync(SandboxWorld.NewSandbox(), Spec(World.Repository(session)) with { Session = session }, Stop);
        }));
        ExecResult[] results = await Task.WhenAll(infos.Select(info => ShellAsync(info.Sandbox, "cat README.md && echo mine > README.md && git status --porcelain")));

        Assert.All(results, result => Assert.Equal("hello\n M README.md\n", result.StandardOutput));
        Assert.Equal(before, await World.HostAsync(World.SourceFolder, "git status --porcelain; git rev-parse HEAD; git symbolic-ref HEAD"));
        Assert.Equal(7, (await World.HostAsync(World.SourceFolder, "git worktree list")).Split('\n').Length);
    }

    [Fact]
    public async Task Absent_repository_ref_and_commit_have_codes_and_leave_nothing()
    {
        WorkspaceSource.Repository source = await World.MakeRepositoryAsync();

        Assert.Equal("repository_not_found", await CodeOfCreateAsync(source with { Location = "/no/such/folder" }));
        Assert.Equal("ref_not_found", await CodeOfCreateAsync(source with { Ref = "nosuchbranch" }));
        Assert.Equal("branch_checked_out", await CodeOfCreateAsync(source with { Branch = "main" }));
        Assert.Equal("clone_failed", await CodeOfCreateAsync(source with { IsUrl = true, Location = "ext::sh -c touch% /tmp/owned" }));
        Assert.Empty(await Driver.ListAsync(Stop));
    }

    [Fact]
    public async Task Repository_without_commits_begins_with_nothing_and_can_be_committed_to()
    {
        WorkspaceSource.Repository source = await World.MakeRepositoryAsync();
        await World.HostAsync(World.Folder, "git init -q empty");
        SandboxInfo info = await CreateAsync(source with { Location = Path.Combine(World.Folder, "empty") });

        ExecResult result = await ShellAsync(info.Sandbox, "echo new > new && git add new && git -c user.name=T -c user.email=t@localhost commit -qm new && git log --format=%s");
        Assert.Equal("new\nBegin with nothing\n", result.StandardOutput);
        Assert.NotNull(info.BaseCommit);
    }

    [Fact]
    public async Task Branch_that_exists_is_continued()
    {
        WorkspaceSource.Repository source = await World.MakeRepositoryAsync();
        await World.HostAsync(World.SourceFolder, $"git branch {source.Branch} && git checkout -q {source.Branch} && echo later > later && git add later && git -c user.name=T -c user.email=t@localhost commit -qm later && git checkout -q main");
        SandboxInfo info = await CreateAsync(source);

        Assert.True(File.Exists(Path.Combine(info.WorkspacePath!, "later")));
        Assert.Equal(await World.HostAsync(World.SourceFolder, $"git rev-parse {source.Branch}"), info.BaseCommit);
    }

    [Fact]
    public async Task Process_talks_over_its_pipes()
    {
        SandboxInfo info = await CreateAsync();
        await using ISandboxProcess process = await Driver.StartProcessAsync(info.Sandbox, new ProcessSpec { Command = ["cat"] }, Stop);
        await process.StandardInput.WriteAsync("ping"u8.ToArray(), Stop);
        byte[] buffer = new byte[4];
        await process.StandardOutput.ReadExactlyAsync(buffer, Stop);
        Assert.Equal("ping", Encoding.UTF8.GetString(buffer));
        await process.StandardInput.DisposeAsync();

        Assert.Equal(0, await process.Exited);
    }

    [Fact]
    public async Task Standard_error_is_drained_and_its_tail_kept()
    {
        SandboxInfo info = await CreateAsync();
        await using ISandboxProcess process = await Driver.StartProcessAsync(
            info.Sandbox, new ProcessSpec { Command = ["sh", "-c", "head -c 3000000 /dev/zero | tr '\\0' e >&2; echo last >&2; echo done"] }, Stop);
        using var reader = new StreamReader(process.StandardOutput, leaveOpen: true);

        Assert.Equal("done\n", await reader.ReadToEndAsync(Stop));
        Assert.Equal(0, await process.Exited);
        Assert.EndsWith("elast\n", process.StandardErrorTail, StringComparison.Ordinal);
        Assert.Equal(16 * 1024, process.StandardErrorTail.Length);
    }

    [Fact]
    public async Task Kill_ends_the_tree_of_one_process_and_no_other()
    {
        SandboxInfo info = await CreateAsync();
        await using ISandboxProcess other = await StartReadyAsync(info.Sandbox, "echo ready; exec cat");
        ISandboxProcess process = await StartReadyAsync(info.Sandbox, Stubborn);
        await process.KillAsync(Stop);

        Assert.Equal(137, await process.Exited);
        Assert.False(other.Exited.IsCompleted);
        await process.DisposeAsync();
    }

    [Fact]
    public async Task Exec_reports_exit_codes_and_both_streams()
    {
        SandboxInfo info = await CreateAsync();
        ExecResult result = await Driver.ExecAsync(
            info.Sandbox, new ExecSpec { Process = Shell("cat; echo err >&2; exit 3"), StandardInput = "in" }, Stop);

        Assert.Equal((3, "in", "err\n", false, false), (result.ExitCode, result.StandardOutput, result.StandardError, result.TimedOut, result.Truncated));
        Assert.Equal(143, (await ShellAsync(info.Sandbox, "kill -TERM $$")).ExitCode);
    }

    [Fact]
    public async Task Exec_cuts_big_output_and_says_so()
    {
        SandboxInfo info = await CreateAsync();
        ExecResult result = await Driver.ExecAsync(
            info.Sandbox, new ExecSpec { Process = Shell("echo first; head -c 20000000 /dev/zero | tr '\\0' x; echo last"), OutputBytesMax = 4096 }, Stop);

        Assert.True(result.Truncated);
        Assert.InRange(result.StandardOutput.Length, 4096, 4200);
        Assert.EndsWith("last\n", result.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_over_its_time_is_killed_with_its_tree()
    {
        SandboxInfo info = await CreateAsync();
        ExecResult result = await Driver.ExecAsync(
            info.Sandbox, new ExecSpec { Process = Shell(Stubborn), Timeout = TimeSpan.FromMilliseconds(400) }, Stop);

        Assert.Equal((137, true, "ready\n"), (result.ExitCode, result.TimedOut, result.StandardOutput));
        Assert.Equal(SandboxState.Stopped, Assert.Single(await Driver.ListAsync(Stop)).State);
    }

    [Fact]
    public async Task Exec_leaves_no_background_process()
    {
        SandboxInfo info = await CreateAsync();
        ExecResult result = await ShellAsync(info.Sandbox, "setsid sleep 600 & (sleep 600 &); echo done");

        Assert.Equal((0, "done\n", false), (result.ExitCode, result.StandardOutput, result.Truncated));
        Assert.Equal(SandboxState.Stopped, Assert.Single(await Driver.ListAsync(Stop)).State);
    }

    [Fact]
    public async Task Exec_that_is_cancelled_leaves_no_process()
    {
        SandboxInfo info = await CreateAsync();
        using var cancel = new CancellationTokenSource();
        Task<ExecResult> running = Driver.ExecAsync(info.Sandbox, new ExecSpec { Process = Shell("sleep 600") }, cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(SandboxState.Stopped, Assert.Single(await Driver.ListAsync(Stop)).State);
    }

    [Fact]
    public async Task Missing_program_sandbox_and_folder_have_codes()
    {
        SandboxInfo info = await CreateAsync();

        Assert.Equal("program_not_found", await CodeOfAsync(() => Driver.StartProcessAsync(info.Sandbox, new ProcessSpec { Command = ["no-such-program"] }, Stop)));
        Assert.Equal("sandbox_not_found", await CodeOfAsync(() => Driver.StartProcessAsync(SandboxWorld.NewSandbox(), Shell("true"), Stop)));
        Assert.Equal("sandbox_start_failed", await CodeOfAsync(() => Driver.ExecAsync(info.Sandbox, new ExecSpec { Process = Shell("true") with { WorkingDirectory = "/no/such" } }, Stop)));
    }

    [Fact]
    public async Task Environment_is_clean_and_home_is_kept()
    {
        SandboxInfo info = await CreateAsync();
        ExecResult result = await Driver.ExecAsync(
            info.Sandbox, new ExecSpec { Process = Shell("env | cut -d= -f1 | sort; echo $HOME; echo kept > ~/file") with { Environment = new Dictionary<string, string> { ["TOKEN"] = "t" } } }, Stop);

        string[] known = ["HOME", "LANG", "OFFSTAGE_PROCESS", "OFFSTAGE_SANDBOX", "OFFSTAGE_SANDBOX_ROOT", "PATH", "PWD", "TMPDIR", "TOKEN", "USER"];
        Assert.Empty(result.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries)[..^1].Except([.. known, "OLDPWD", "SHLVL", "_"]));
        Assert.EndsWith($"{info.InnerHomePath}\n", result.StandardOutput, StringComparison.Ordinal);
        Assert.Equal("kept\n", (await ShellAsync(info.Sandbox, "cat ~/file")).StandardOutput);
    }

    [Fact]
    public async Task Stop_ends_trees_that_ignore_signals_leave_the_session_and_fork_twice()
    {
        SandboxInfo info = await CreateAsync();
        await using ISandboxProcess process = await StartReadyAsync(info.Sandbox, Stubborn);
        Assert.Equal(SandboxState.Running, Assert.Single(await Driver.ListAsync(Stop)).State);
        await Driver.StopAsync(info.Sandbox, Stop);

        Assert.Equal(SandboxState.Stopped, Assert.Single(await Driver.ListAsync(Stop)).State);
        Assert.Equal(137, await process.Exited);
        Assert.Equal("still usable\n", (await ShellAsync(info.Sandbox, "echo still usable")).StandardOutput);
    }

    [Fact]
    public async Task Stop_and_destroy_of_what_is_absent_have_no_effect()
    {
        SandboxId absent = SandboxWorld.NewSandbox();
        await Driver.StopAsync(absent, Stop);
        await Driver.DestroyAsync(absent, Stop);

        Assert.Empty(await Driver.ListAsync(Stop));
    }

    [Fact]
    public async Task Destroy_removes_files_processes_and_registration_but_not_the_branch()
    {
        WorkspaceSource.Repository source = await World.MakeRepositoryAsync();
        SandboxInfo info = await CreateAsync(source);
        await using ISandboxProcess process = await StartReadyAsync(info.Sandbox, $"mkdir -p ~/ro/deep; touch ~/ro/deep/f; chmod 500 ~/ro/deep ~/ro; {Stubborn}");
        await Task.WhenAll(Driver.DestroyAsync(info.Sandbox, Stop), Driver.DestroyAsync(info.Sandbox, Stop));
        await Driver.DestroyAsync(info.Sandbox, Stop);

        Assert.Equal(137, await process.Exited);
        Assert.Empty(await Driver.ListAsync(Stop));
        Assert.False(Directory.Exists(info.WorkspacePath));
        Assert.Single((await World.HostAsync(World.SourceFolder, "git worktree list")).Split('\n'));
        Assert.NotEmpty(await World.HostAsync(World.SourceFolder, $"git rev-parse {source.Branch}"));
        await CreateAsync(source);   // the session comes back
    }

    [Fact]
    public async Task Another_driver_lists_and_stops_what_this_one_left()
    {
        SandboxInfo info = await CreateAsync();
        await using ISandboxProcess process = await StartReadyAsync(info.Sandbox, Stubborn);
        ProcessSandboxDriver other = World.NewDriver();

        Assert.Equal(info with { State = SandboxState.Running }, Assert.Single(await other.ListAsync(Stop)));
        await other.StopAsync(info.Sandbox, Stop);
        Assert.Equal(info, Assert.Single(await other.ListAsync(Stop)));
    }

    /// <summary>Ignores what can be ignored, in three kinds of descendants.</summary>
    protected const string Stubborn =
        "trap '' TERM HUP INT; setsid sh -c 'trap \"\" TERM HUP INT; while :; do sleep 600; done' & (setsid sleep 600 &) ; sleep 600 & echo ready; while :; do sleep 600; done";

    protected SandboxSpec Spec(WorkspaceSource? source = null) => new()
    {
        Session = SandboxWorld.NewSession(),
        Workspace = source ?? new WorkspaceSource.Empty(),
        Isolation = Isolation,
        Network = NetworkAccess.None,
    };

    protected Task<SandboxInfo> CreateAsync(WorkspaceSource? source = null) => Driver.CreateAsync(SandboxWorld.NewSandbox(), Spec(source), Stop);

    protected static ProcessSpec Shell(string script) => new() { Command = ["sh", "-c", script] };

    protected Task<ExecResult> ShellAsync(SandboxId sandbox, string script) => Driver.ExecAsync(sandbox, new ExecSpec { Process = Shell(script) }, Stop);

    /// <summary>Starts a script and waits until it has said <c>ready</c>.</summary>
    protected async Task<ISandboxProcess> StartReadyAsync(SandboxId sandbox, string script)
    {
        ISandboxProcess process = await Driver.StartProcessAsync(sandbox, Shell(script), Stop);
        byte[] ready = new byte[6];
        int count = await process.StandardOutput.ReadAtLeastAsync(ready, ready.Length, throwOnEndOfStream: false, Stop);
        Assert.True(count == ready.Length, $"The process ended before it was ready: {process.StandardErrorTail}");
        return process;
    }

    protected static async Task<string> CodeOfAsync(Func<Task> call) => (await Assert.ThrowsAsync<SandboxException>(call)).Code;

    private Task<string> CodeOfCreateAsync(WorkspaceSource source) => CodeOfAsync(() => CreateAsync(source));
}
