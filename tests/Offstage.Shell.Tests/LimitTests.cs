namespace Offstage.Shell.Tests;

/// <summary>Every bound has its own outcome, and nothing outlives a run.</summary>
public sealed class LimitTests
{
    [Fact]
    public void Too_many_commands_end_the_run()
        => Assert.Equal(new ExitStatus(137, new ShellStop.TooManyCommands(100)), Shells.Run("while :; do :; done", new ShellLimits { CommandsMax = 100 }).Status);

    [Fact]
    public void Too_many_loop_turns_end_the_run()
        => Assert.Equal(new ExitStatus(137, new ShellStop.TooManyLoopTurns(50)), Shells.Run("for ((;;)); do ((x=1)); done", new ShellLimits { LoopTurnsMax = 50 }).Status);

    [Fact]
    public void Calls_that_stand_too_deep_in_each_other_end_the_run()
        => Assert.Equal(new ExitStatus(137, new ShellStop.CallsTooDeep(200)), Shells.Run("f() { f; }; f", new ShellLimits { CallDepthMax = 200 }).Status);

    [Theory]
    [InlineData("f() { f; }; f")]
    [InlineData("f() { x=$(f); }; f")]
    [InlineData("f() { (f); }; f")]
    [InlineData("f() { eval f; }; f")]
    [InlineData("f() { { { if f; then :; fi; }; }; }; f")]
    [InlineData("echo 'bash x' > x; bash x")]
    [InlineData("echo '. ./x' > x; . ./x")]
    public void No_recursion_overflows_the_stack(string script)
    {
        ExitStatus status = Shells.Run(script, new ShellLimits { CallDepthMax = 3000, WallTime = TimeSpan.FromSeconds(20) }).Status;
        Assert.NotNull(status.Stop);
    }

    [Fact]
    public void Too_much_output_ends_the_run()
        => Assert.Equal(new ExitStatus(137, new ShellStop.TooMuchOutput(1000)), Shells.Run("while :; do echo xxxxxxxxx; done", new ShellLimits { OutputBytesMax = 1000 }).Status);

    [Fact]
    public void Too_much_captured_output_ends_the_run()
        => Assert.Equal(new ExitStatus(137, new ShellStop.TooMuchMemory(100_000)), Shells.Run("x=$(while :; do echo xxxxxxxxx; done)", new ShellLimits { HeldBytesMax = 100_000 }).Status);

    [Fact]
    public void A_script_that_takes_too_long_is_ended()
        => Assert.Equal(new ExitStatus(137, new ShellStop.TimedOut(TimeSpan.FromMilliseconds(50))), Shells.Run("sleep 1000", new ShellLimits { WallTime = TimeSpan.FromMilliseconds(50) }).Status);

    [Fact]
    public void Too_many_processes_are_refused()
    {
        (ExitStatus status, _, string error) = Shells.Run("for ((i=0;i<50;i++)); do sleep 100 > /dev/null 2>&1 & done; echo no", new ShellLimits { ProcessesMax = 8, WallTime = TimeSpan.FromSeconds(20) });
        Assert.Equal(254, status.Code);
        Assert.Contains("Resource temporarily unavailable", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_grows_too_big_is_refused()
        => Assert.Contains("File too large", Shells.Run("while echo xxxxxxxxxxxxxxxx; do :; done > f", new ShellLimits { FileBytesMax = 1000, WallTime = TimeSpan.FromSeconds(20) }).Error, StringComparison.Ordinal);

    [Fact]
    public void Too_many_open_files_are_refused()
        => Assert.Contains("Too many open files", Shells.Run("for ((i=0;i<50;i++)); do exec {fd}>f$i || exit 9; done", new ShellLimits { OpenFilesMax = 20, WallTime = TimeSpan.FromSeconds(20) }).Error, StringComparison.Ordinal);

    [Theory]
    [InlineData("while :; do :; done")]
    [InlineData("for ((;;)); do ((x++)); done")]
    [InlineData("sleep 1000")]
    [InlineData("read x < <(sleep 1000)")]
    [InlineData("sleep 1000 | cat")]
    [InlineData("while :; do echo x; done | cat > /dev/null")]
    [InlineData("sleep 1000 & wait")]
    [InlineData("sleep 1000 & wait -n")]
    [InlineData("trap : USR1; sleep 1000 & wait")]
    [InlineData("x=$(sleep 1000)")]
    [InlineData("(sleep 1000)")]
    [InlineData("cat /dev/zero > /dev/null")]
    [InlineData("timeout 1000 sleep 1000")]
    [InlineData("coproc sleep 1000; wait")]
    [InlineData("shopt -s extglob; s=$(printf '%05000d' 0); [[ $s == *(*(*(0)0)0)1 ]]")]
    [InlineData("x=$(printf '%0200000d' 0); while :; do y=${x//0*1/}; done")]
    [InlineData("x=$(printf '%0100000d' 0); while :; do [[ $x =~ (0+)+1 ]]; done")]
    [InlineData("while :; do grep -E '(0+)+1' <<< \"$(printf '%0100000d' 0)\"; done")]
    [InlineData("x=$(printf '%0100000d' 0); while :; do expr $x : '\\(0*\\)*1'; done")]
    public async Task Cancelling_ends_whatever_runs(string script)
    {
        using var shell = new BashShell(Shells.Settings());
        using var cancelled = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        Task<ExitStatus> run = shell.RunAsync(
            ShellRun.Of("echo begun\n" + script) with { Output = _ => begun.TrySetResult() }, cancelled.Token);
        await begun.Task.WaitAsync(TestContext.Current.CancellationToken);
        await cancelled.CancelAsync();
        ExitStatus status = await run.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.IsType<ShellStop.Cancelled>(status.Stop);
    }

    [Fact]
    public void What_matches_a_regular_expression_can_be_killed()
        => Assert.Equal("124\n", Shells.Run("x=$(printf '%0200000d' 0); timeout 0.2 bash -c 'while :; do [[ $0 =~ (0+)+1 ]]; done' $x; echo $?").Output);

    [Fact]
    public void What_runs_on_in_the_background_ends_with_the_run()
    {
        (ExitStatus status, string output, _) = Shells.Run("while :; do :; done > /dev/null 2>&1 & echo started");
        Assert.Equal(new ExitStatus(0), status);
        Assert.Equal("started\n", output);
    }

    [Fact]
    public void A_run_lasts_as_long_as_something_holds_its_output()
        => Assert.Equal("first\nsecond\n", Shells.Run("{ sleep 0.1; echo second; } & echo first").Output);

    [Fact]
    public void A_pipe_that_nobody_reads_ends_its_writer()
        => Assert.Equal("x\n141 0\n", Shells.Run("while :; do echo x; done | { read l; echo $l; }; echo ${PIPESTATUS[@]}").Output);

    [Fact]
    public void A_full_tree_is_told_to_the_script()
    {
        var tree = new MemoryFileTree(TimeProvider.System, bytesMax: 4000);
        tree.MakeDirectory("/w", 0b111_101_101);
        using var shell = new BashShell(Shells.Settings(tree));
        Assert.Contains("No space left on device", Shells.Run(shell, "for ((i=0;i<1000;i++)); do echo xxxxxxxxxxxxxxxx >> f || exit 3; done").Error, StringComparison.Ordinal);
    }
}
