using System.Buffers;
using System.IO.Pipelines;

namespace Offstage.Processes.JsonRpc;

/// <summary>
/// Writes whole lines from many threads to one stream. A pump writes what has gathered while the last write was under
/// way, so a burst of lines costs a few system calls.
/// </summary>
internal sealed class LineWriter : IAsyncDisposable
{
    private const int BurstBytesMax = 64 * 1024;
    private const int ScratchBytesMax = 1024 * 1024;

    private readonly Stream stream;
    private readonly Pipe pipe;
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource<string?> broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task pump;
    private ArrayBufferWriter<byte> scratch = new();
    private int unflushed;

    public LineWriter(Stream stream, int bytesMax)
    {
        this.stream = stream;
        pipe = new Pipe(new PipeOptions(
            pauseWriterThreshold: bytesMax, resumeWriterThreshold: bytesMax / 2, useSynchronizationContext: false));
        pump = Task.Run(PumpAsync);
    }

    /// <summary>Completes when the stream can no longer be written; with the reason, or null after disposal.</summary>
    public Task<string?> Broken => broken.Task;

    /// <summary>Adds one line. Returns when it is accepted, which waits while too much lies before a slow peer.</summary>
    /// <param name="moreFollows">Another line follows at once: this one may wait for it.</param>
    /// <remarks>Cancelling never leaves half a line: it was accepted whole or not at all.</remarks>
    public async ValueTask WriteAsync<TState>(
        TState state, Action<IBufferWriter<byte>, TState> write, bool moreFollows, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            // Into the scratch first: a message that cannot be serialized must not leave its first half on the wire.
            scratch.ResetWrittenCount();
            write(scratch, state);
            scratch.Write("\n"u8);
            pipe.Writer.Write(scratch.WrittenSpan);
            unflushed += scratch.WrittenCount;
            if (scratch.Capacity > ScratchBytesMax)
                scratch = new ArrayBufferWriter<byte>();
            if (moreFollows && unflushed < BurstBytesMax)
                return;
            unflushed = 0;
            await pipe.Writer.FlushAsync(cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            unflushed = 0;
            await pipe.Writer.FlushAsync(cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Waits, bounded by the token, until all accepted lines are with the stream, and ends.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            await pipe.Writer.CompleteAsync();
        }
        finally
        {
            turn.Release();
        }

        await pump.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        pipe.Reader.CancelPendingRead();
        await pump;
        broken.TrySetResult(null);
    }

    private async Task PumpAsync()
    {
        string? reason = null;
        try
        {
            while (true)
            {
                var read = await pipe.Reader.ReadAsync(stop.Token);
                foreach (var segment in read.Buffer)
                    await stream.WriteAsync(segment, stop.Token);
                await stream.FlushAsync(stop.Token);
                pipe.Reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted || read.IsCanceled)
                    break;
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed: what was not written stays unsaid.
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or InvalidOperationException)
        {
            reason = $"writing failed: {failure.Message}";
        }

        // Writers that wait for room must not wait for ever: a completed reader lets every flush through.
        await pipe.Reader.CompleteAsync();
        if (reason is not null)
            broken.TrySetResult(reason);
    }
}
