using System.Threading.Channels;

namespace Offstage.Sql.Writing;

/// <summary>
/// The one writer of a store. Writes that arrive while a transaction commits wait together and share the next one, so
/// that a commit's cost is paid once for all of them and nobody waits for a timer.
/// </summary>
internal sealed class GroupCommit : IAsyncDisposable
{
    private readonly Channel<WriteRequest> queue;
    private readonly IBatchWriter writer;
    private readonly WriteLimits limits;
    private readonly Task loop;
    private long queuedBytes;

    public GroupCommit(IBatchWriter writer, WriteLimits limits)
    {
        this.writer = writer;
        this.limits = limits;
        queue = Channel.CreateBounded<WriteRequest>(new BoundedChannelOptions(limits.QueueWritesMax) { SingleReader = true });
        // The loop must not carry the trace context of whoever opened the store.
        using (ExecutionContext.SuppressFlow())
            loop = RunAsync();
    }

    /// <exception cref="StoreUnavailableException"><c>store_busy</c>: the queue is full, nothing was applied.</exception>
    public Task<TResult> SubmitAsync<TResult>(WriteRequest<TResult> request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        long bytes = Interlocked.Add(ref queuedBytes, request.Bytes);
        bool fits = bytes <= limits.QueueBytesMax || bytes == request.Bytes;
        if (fits && queue.Writer.TryWrite(request))
            return request.WaitAsync(cancellationToken);

        Interlocked.Add(ref queuedBytes, -request.Bytes);
        ObjectDisposedException.ThrowIf(queue.Reader.Completion.IsCompleted || loop.IsCompleted, this);
        throw new StoreUnavailableException(
            $"store_busy: {limits.QueueWritesMax} writes or {limits.QueueBytesMax} bytes wait already; try again");
    }

    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await loop;
        await writer.DisposeAsync();
    }

    private async Task RunAsync()
    {
        // SQLite blocks in fsync: leave the thread of whoever opened the store.
        await Task.Yield();
        var batch = new List<WriteRequest>();
        while (await queue.Reader.WaitToReadAsync())
        {
            Gather(batch);
            if (batch.Count > 0)
                await WriteAsync(batch);
            batch.Clear();
        }
    }

    private void Gather(List<WriteRequest> batch)
    {
        long bytes = 0;
        while (batch.Count < limits.BatchWritesMax
            && queue.Reader.TryPeek(out var next)
            && (batch.Count == 0 || bytes + next.Bytes <= limits.BatchBytesMax)
            && queue.Reader.TryRead(out next))
        {
            Interlocked.Add(ref queuedBytes, -next.Bytes);
            if (!next.TryBegin())
                continue;
            bytes += next.Bytes;
            batch.Add(next);
        }
    }

    private async Task WriteAsync(List<WriteRequest> batch)
    {
        try
        {
            await writer.WriteAsync(batch);
        }
        // Whatever it is, it belongs to the callers of this batch; the next batch gets its own chance.
        catch (Exception exception)
        {
            foreach (var request in batch)
                request.Fail(exception);
        }
    }
}
