namespace Offstage.Processes;

/// <summary>A command to run to its end.</summary>
public sealed record RunSpec
{
    public required ChildSpec Child { get; init; }

    /// <summary>Null gives the child <c>/dev/null</c>.</summary>
    public ReadOnlyMemory<byte>? StandardInput { get; init; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Per stream.</summary>
    public int OutputBytesMax { get; init; } = 1024 * 1024;
}

/// <param name="ExitCode">128 + signal when it was killed.</param>
/// <param name="Truncated">Output was cut: over the bound, or a process that outlived the command still held the pipe.</param>
public sealed record RunResult(int ExitCode, string StandardOutput, string StandardError, bool TimedOut, bool Truncated, TimeSpan Elapsed);

/// <summary>Runs short commands: bounded in time and in output, and nothing of their process group outlives them.</summary>
public sealed class ProcessRunner(ProcessHost host, TimeProvider timeProvider)
{
    // A grandchild that left the process group can hold the pipe open for ever; what it would still say is not waited for.
    private static readonly TimeSpan drainGrace = TimeSpan.FromMilliseconds(500);

    /// <exception cref="ProcessStartException">The program could not be started.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the command was killed.</exception>
    public async Task<RunResult> RunAsync(RunSpec spec, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        long startedAt = timeProvider.GetTimestamp();
        ChildProcess child = await host.StartAsync(spec.Child with
        {
            PipesStandardInput = spec.StandardInput is not null,
            KillsGroupAtExit = true,
        }).ConfigureAwait(false);
        return await FinishAsync(
            child, spec, startedAt, child.Exited, () => child.SignalGroup(Signal.Kill), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs an already started child to its end under the same bounds; disposes it.</summary>
    /// <param name="ended">When all that may hold the child's pipes is gone; only from then on is the wait for the end of
    /// output short.</param>
    /// <param name="kill">Ends the child, and what belongs to it, when time is up.</param>
    public async Task<RunResult> FinishAsync(
        ChildProcess child, RunSpec spec, long startedAt, Task ended, Action kill, CancellationToken cancellationToken)
    {
        await using var closing = child.ConfigureAwait(false);
        using var stopReading = new CancellationTokenSource();
        var output = new BoundedCapture(spec.OutputBytesMax);
        var error = new BoundedCapture(spec.OutputBytesMax);
        Task reading = Task.WhenAll(
            output.DrainAsync(child.StandardOutput, stopReading.Token),
            error.DrainAsync(child.StandardError, stopReading.Token));
        Task writing = spec.StandardInput is { } input ? WriteAsync(child.StandardInput, input, stopReading.Token) : Task.CompletedTask;

        bool timedOut = await KillWhenLateAsync(child, spec.Timeout, kill, cancellationToken).ConfigureAwait(false);
        int exitCode = await child.Exited.ConfigureAwait(false);
        await ended.ConfigureAwait(false);
        bool complete = await DrainAsync(reading, stopReading).ConfigureAwait(false);
        await writing.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return new RunResult(
            exitCode,
            output.ToString(),
            error.ToString(),
            timedOut,
            output.IsTruncated || error.IsTruncated || !complete,
            timeProvider.GetElapsedTime(startedAt));
    }

    private async Task<bool> KillWhenLateAsync(ChildProcess child, TimeSpan timeout, Action kill, CancellationToken cancellationToken)
    {
        try
        {
            await child.Exited.WaitAsync(timeout, timeProvider, cancellationToken).ConfigureAwait(false);
            return false;
        }
        catch (TimeoutException)
        {
            kill();
            return true;
        }
        catch (OperationCanceledException)
        {
            kill();
            return false;
        }
    }

    private async Task<bool> DrainAsync(Task reading, CancellationTokenSource stopReading)
    {
        try
        {
            await reading.WaitAsync(drainGrace, timeProvider).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            await stopReading.CancelAsync().ConfigureAwait(false);
            try
            {
                await reading.ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Asked for just above.
            }

            return false;
        }
    }

    private static async Task WriteAsync(Stream stream, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(input, cancellationToken).ConfigureAwait(false);
            await stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception unread) when (unread is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The command ended without reading all of its input, as `head` does; that is its right.
        }
    }
}
