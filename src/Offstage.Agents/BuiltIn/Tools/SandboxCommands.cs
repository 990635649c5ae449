using System.Buffers;
using Offstage.Processes;
using Offstage.Sandboxes;

namespace Offstage.Agents.BuiltIn.Tools;

/// <summary>Runs commands to their end in the sandbox. Nothing of theirs outlives the call.</summary>
internal sealed class SandboxCommands(AgentStart start, TimeProvider timeProvider)
{
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(1);

    /// <param name="command">In the workspace, without any secret in its environment.</param>
    /// <param name="onOutput">Called with each piece of standard output; it must copy what it keeps.</param>
    /// <exception cref="SandboxException">It could not be started.</exception>
    /// <exception cref="OperationCanceledException">The command and all it started has been killed.</exception>
    public Task<CommandResult> RunAsync(
        IReadOnlyList<string> command, ReadOnlyMemory<byte> input, TimeSpan limit, Func<ReadOnlyMemory<byte>, ValueTask> onOutput, CancellationToken cancellationToken)
        => RunAsync(
            new ProcessSpec
            {
                Command = command,
                WorkingDirectory = start.WorkspacePath,
                Environment = new Dictionary<string, string> { ["HOME"] = start.HomePath },
            },
            input, limit, onOutput, cancellationToken);

    public async Task<CommandResult> RunAsync(
        ProcessSpec spec, ReadOnlyMemory<byte> input, TimeSpan limit, Func<ReadOnlyMemory<byte>, ValueTask> onOutput, CancellationToken cancellationToken)
    {
        long began = timeProvider.GetTimestamp();
        await using var process = await start.LaunchAsync(spec, cancellationToken);
        using var deadline = new CancellationTokenSource(limit, timeProvider);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var piping = Task.WhenAll(WriteAsync(process, input), ReadAsync(process, onOutput));
        bool timedOut = false;
        try
        {
            await piping.WaitAsync(stop.Token);
            await process.Exited.WaitAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // A pipe's reader cannot be cancelled: it ends with the last process that holds the pipe.
            await KillAsync(process);
            await DrainAsync(piping);
            cancellationToken.ThrowIfCancellationRequested();
            timedOut = true;
        }

        int? exitCode = process.Exited.IsCompletedSuccessfully && !timedOut ? await process.Exited : null;
        return new CommandResult(exitCode, process.StandardErrorTail, timeProvider.GetElapsedTime(began));
    }

    /// <summary>Collects standard output up to a bound; the rest is cut from its middle.</summary>
    /// <inheritdoc cref="RunAsync(IReadOnlyList{string}, ReadOnlyMemory{byte}, TimeSpan, Func{ReadOnlyMemory{byte}, ValueTask}, CancellationToken)"/>
    public async Task<(CommandResult Result, BoundedCapture Output)> CaptureAsync(
        IReadOnlyList<string> command, ReadOnlyMemory<byte> input, TimeSpan limit, int bytesMax, CancellationToken cancellationToken)
    {
        var output = new BoundedCapture(bytesMax);
        var result = await RunAsync(
            command, input, limit,
            piece =>
            {
                output.Append(piece.Span);
                return ValueTask.CompletedTask;
            },
            cancellationToken);
        return (result, output);
    }

    private async Task KillAsync(ISandboxProcess process)
    {
        using var limit = new CancellationTokenSource(KillLimit, timeProvider);
        try
        {
            await process.KillAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // Not even SIGKILL ended it in time: disposing tries again, and then the sandbox's own end must.
        }
    }

    /// <summary>What it had said before it was killed is still in the pipe; whoever takes it may be slow, and is not waited for long.</summary>
    private async Task DrainAsync(Task piping)
    {
        using var limit = new CancellationTokenSource(DrainLimit, timeProvider);
        try
        {
            await piping.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // The rest is dropped.
        }
    }

    private static async Task WriteAsync(ISandboxProcess process, ReadOnlyMemory<byte> input)
    {
        try
        {
            if (!input.IsEmpty)
                await process.StandardInput.WriteAsync(input);
            await process.StandardInput.DisposeAsync();
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // It does not read its input; what it makes of that, its exit code says.
        }
    }

    private static async Task ReadAsync(ISandboxProcess process, Func<ReadOnlyMemory<byte>, ValueTask> onOutput)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            int count;
            while ((count = await process.StandardOutput.ReadAsync(buffer)) > 0)
                await onOutput(buffer.AsMemory(0, count));
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The pipe was closed by the end of the process.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

/// <param name="ExitCode">Null when it was killed at its time limit.</param>
/// <param name="ErrorTail">Of standard error, at most 16 KiB.</param>
internal sealed record CommandResult(int? ExitCode, string ErrorTail, TimeSpan Elapsed);
