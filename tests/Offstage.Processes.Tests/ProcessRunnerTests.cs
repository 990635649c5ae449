using System.Diagnostics;
using System.Text;

namespace Offstage.Processes.Tests;

public sealed class ProcessRunnerTests : IDisposable
{
    private readonly ProcessHost host = new();
    private readonly ProcessRunner runner;

    public ProcessRunnerTests() => runner = new ProcessRunner(host, TimeProvider.System);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => host.Dispose();

    [Fact]
    public async Task Exit_code_and_both_streams_come_back()
    {
        RunResult result = await runner.RunAsync(Shell("echo out; echo err >&2; exit 7"), Stop);

        Assert.Equal((7, "out\n", "err\n", false, false), (result.ExitCode, result.StandardOutput, result.StandardError, result.TimedOut, result.Truncated));
    }

    [Fact]
    public async Task Child_sees_only_the_environment_it_was_given()
    {
        RunResult result = await runner.RunAsync(
            new RunSpec { Child = new ChildSpec { Program = "/usr/bin/env", Environment = new Dictionary<string, string> { ["ONLY"] = "this" } } }, Stop);

        Assert.Equal("ONLY=this\n", result.StandardOutput);
    }

    [Fact]
    public async Task Child_holds_no_descriptor_but_its_own_three()
    {
        RunResult result = await runner.RunAsync(Shell("ls -1 /proc/self/fd | wc -l"), Stop);

        Assert.Equal("4", result.StandardOutput.Trim());   // ls itself opens the folder it lists
    }

    [Fact]
    public async Task Ignored_signals_of_the_server_are_not_inherited()
    {
        RunResult result = await runner.RunAsync(Shell("sed -n 's/^SigIgn:.//p' /proc/self/status"), Stop);

        // SIGPIPE is the one that .NET ignores; without it `yes | head` would never end.
        const long BrokenPipe = 1L << 12;
        Assert.Equal(0, Convert.ToInt64(result.StandardOutput.Trim(), 16) & BrokenPipe);
    }

    [Fact]
    public async Task Input_is_given_and_ended()
    {
        RunResult result = await runner.RunAsync(Shell("cat") with { StandardInput = "über"u8.ToArray() }, Stop);

        Assert.Equal("über", result.StandardOutput);
    }

    [Fact]
    public async Task Unread_input_is_no_error()
    {
        RunResult result = await runner.RunAsync(Shell("true") with { StandardInput = new byte[4_000_000] }, Stop);

        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task Output_over_the_bound_is_cut_in_the_middle_and_says_so()
    {
        RunResult result = await runner.RunAsync(Shell("echo first; head -c 3000000 /dev/zero | tr '\\0' x; echo last") with { OutputBytesMax = 1000 }, Stop);

        Assert.True(result.Truncated);
        Assert.StartsWith("first\n", result.StandardOutput, StringComparison.Ordinal);
        Assert.EndsWith("last\n", result.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("bytes cut", result.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_over_its_time_is_killed_with_its_children()
    {
        RunResult result = await runner.RunAsync(Shell("trap '' TERM; echo $$; sleep 600 & wait") with { Timeout = TimeSpan.FromMilliseconds(300) }, Stop);

        Assert.Equal((137, true), (result.ExitCode, result.TimedOut));
        int group = int.Parse(result.StandardOutput.Trim());
        Assert.DoesNotContain(ProcessTree.ReadAll(), entry => entry.Group == group);
    }

    [Fact]
    public async Task Background_child_does_not_outlive_the_command()
    {
        RunResult result = await runner.RunAsync(Shell("echo $$; sleep 600 &"), Stop);

        Assert.False(result.Truncated);
        Assert.True(result.Elapsed < TimeSpan.FromSeconds(100));
    }

    [Fact]
    public async Task Escaped_holder_of_the_pipe_does_not_block_the_answer()
    {
        RunResult result = await runner.RunAsync(Shell("setsid sleep 600 & until [ \"$(cut -d' ' -f6 /proc/$!/stat)\" = $! ]; do :; done; echo $!"), Stop);

        Assert.True(result.Truncated);
        ProcessTree.Kill(ProcessTree.Find(int.Parse(result.StandardOutput.Trim()))!.Value);
    }

    [Fact]
    public async Task Cancelled_command_is_killed()
    {
        using var cancel = new CancellationTokenSource();
        Task<RunResult> running = runner.RunAsync(Shell("sleep 600"), cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Missing_program_and_missing_folder_are_told_as_not_found()
    {
        var program = await Assert.ThrowsAsync<ProcessStartException>(
            () => runner.RunAsync(new RunSpec { Child = new ChildSpec { Program = "/no/such/program" } }, Stop));
        var folder = await Assert.ThrowsAsync<ProcessStartException>(
            () => runner.RunAsync(new RunSpec { Child = new ChildSpec { Program = "/bin/true", WorkingDirectory = "/no/such" } }, Stop));

        Assert.True(program.IsNotFound && folder.IsNotFound);
    }

    [Fact]
    public async Task Hundred_silent_children_hold_no_thread_each()
    {
        int before = Process.GetCurrentProcess().Threads.Count;
        ChildProcess[] children = await Task.WhenAll(Enumerable.Range(0, 100)
            .Select(_ => host.StartAsync(new ChildSpec { Program = "/bin/sleep", Arguments = ["600"] })));
        Task<int>[] reads = [.. children.Select(child => child.StandardOutput.ReadAsync(new byte[1], Stop).AsTask())];
        int during = Process.GetCurrentProcess().Threads.Count;
        foreach (ChildProcess child in children)
            child.SignalGroup(Signal.Kill);

        Assert.All(await Task.WhenAll(reads), count => Assert.Equal(0, count));
        Assert.All(await Task.WhenAll(children.Select(child => child.Exited)), code => Assert.Equal(137, code));
        Assert.True(during - before < 50, $"{during - before} threads more than before");
    }

    [Fact]
    public async Task Status_pipe_is_descriptor_three()
    {
        ChildProcess child = await host.StartAsync(Shell("echo hello >&3").Child with { HasStatusPipe = true });
        using var reader = new StreamReader(child.StatusOutput, Encoding.UTF8);

        Assert.Equal("hello\n", await reader.ReadToEndAsync(Stop));
        await child.Exited;
        await child.DisposeAsync();
    }

    [Fact]
    public async Task Parent_death_signal_does_not_fire_while_the_host_lives()
    {
        // Started from many pool threads that end; the child must not notice.
        ChildProcess child = await Task.Run(() => host.StartAsync(
            new ChildSpec { Program = "/usr/bin/setpriv", Arguments = ["--pdeathsig", "KILL", "--", "/bin/cat"], PipesStandardInput = true }), Stop);
        await child.StandardInput.WriteAsync("still here"u8.ToArray(), Stop);
        await child.StandardInput.DisposeAsync();
        using var reader = new StreamReader(child.StandardOutput);

        Assert.Equal("still here", await reader.ReadToEndAsync(Stop));
        Assert.Equal(0, await child.Exited);
    }

    [Fact]
    public async Task Disposing_the_host_ends_children_with_a_parent_death_signal()
    {
        using var second = new ProcessHost();
        ChildProcess child = await second.StartAsync(
            new ChildSpec { Program = "/usr/bin/setpriv", Arguments = ["--pdeathsig", "KILL", "--", "/bin/sh", "-c", "echo ready; exec sleep 600"] });
        Assert.Equal((byte)'r', (byte)await ReadByteAsync(child));
        Task ended = host.WaitForEndAsync(child.Id);
        second.Dispose();

        await ended.WaitAsync(TimeSpan.FromSeconds(10), Stop);
    }

    private static async Task<int> ReadByteAsync(ChildProcess child)
    {
        byte[] one = new byte[1];
        await child.StandardOutput.ReadExactlyAsync(one, Stop);
        return one[0];
    }

    private static RunSpec Shell(string script) => new()
    {
        Child = new ChildSpec
        {
            Program = "/bin/sh",
            Arguments = ["-c", script],
            Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
        },
    };
}
