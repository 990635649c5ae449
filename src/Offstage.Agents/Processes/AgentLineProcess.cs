using System.Threading.Channels;
using Offstage.Processes.JsonRpc;
using Offstage.Sandboxes;

namespace Offstage.Agents.Processes;

/// <summary>
/// What every agent that speaks lines over its pipes has in common: the connection, the bounded stream of events with
/// exactly one <see cref="AgentEvent.Exited"/> at its end, and an end that leaves no process.
/// </summary>
internal abstract class AgentLineProcess<TConnection, TMessage> : IAsyncDisposable
    where TConnection : ILineConnection<TMessage>
{
    /// <summary>How long a process whose output has ended, or whose input was closed, may take to leave by itself.</summary>
    private static readonly TimeSpan ExitGrace = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(10);

    private readonly ISandboxProcess process;
    private readonly IAgentTranslator<TMessage> translator;
    private readonly TimeProvider timeProvider;
    private readonly AgentEventStream events = new();
    private readonly SemaphoreSlim telling = new(1, 1);
    private readonly Task pump;
    private readonly TaskCompletionSource disposedFully = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<JsonRpcClosed> drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int disposed;

    protected AgentLineProcess(
        ISandboxProcess process, TConnection connection, IAgentTranslator<TMessage> translator, TimeProvider timeProvider)
    {
        this.process = process;
        this.translator = translator;
        this.timeProvider = timeProvider;
        Connection = connection;
        pump = Task.Run(PumpAsync);
    }

    public TConnection Connection { get; }

    /// <summary>Completes when all that the agent said has been translated and the connection has ended.</summary>
    public Task<JsonRpcClosed> Drained => drained.Task;

    /// <summary>Cancelled when nobody listens any more.</summary>
    protected CancellationToken Closing => events.Closing;

    public TurnTags Tags => events.Tags;

    public IAsyncEnumerable<AgentEvent> Events => events.ReadAsync();

    /// <summary>Last words of the process, for a message about its end.</summary>
    public string StandardErrorTail => process.StandardErrorTail;

    /// <summary>Adds an event of our own making. Dropped once the process is being disposed.</summary>
    public ValueTask EmitAsync(AgentEvent happened) => events.EmitAsync(happened);

    /// <summary>Changes what the translator knows and tells what comes of it, with nothing else told in between.</summary>
    /// <remarks>Never from within <paramref name="react"/>.</remarks>
    public async ValueTask TellAsync(Func<IReadOnlyList<AgentEvent>> react)
    {
        // Not cancelled: a closed stream drops what is emitted, so whoever holds this lets it go.
        await telling.WaitAsync(CancellationToken.None);
        try
        {
            await events.EmitAllAsync(react());
        }
        finally
        {
            telling.Release();
        }
    }

    /// <summary>Asks the process to leave, then kills its tree. Bounded in time; safe to call twice.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            await disposedFully.Task;
            return;
        }

        try
        {
            // From here the pump reads on without emitting, so that an agent that is writing can finish and leave.
            events.Close();
            using (var grace = new CancellationTokenSource(ExitGrace, timeProvider))
            {
                try
                {
                    await Connection.CompleteAsync(grace.Token);
                    await process.StandardInput.DisposeAsync();
                    await process.Exited.WaitAsync(grace.Token);
                }
                catch (Exception stuck) when (stuck is OperationCanceledException or IOException)
                {
                    // It does not read, or does not leave. It is killed below.
                }
            }

            await KillAsync();
            await pump;
            await Connection.DisposeAsync();
            await process.DisposeAsync();
            events.Dispose();
        }
        finally
        {
            disposedFully.TrySetResult();
        }
    }

    private async Task KillAsync()
    {
        using var limit = new CancellationTokenSource(KillLimit, timeProvider);
        try
        {
            await process.KillAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // Not even SIGKILL ended it in time: the sandbox's own end must. The exit is told as unknown.
        }
    }

    private async Task PumpAsync()
    {
        string? protocolError = null;
        try
        {
            await ReceiveAllAsync();
            var closed = await Connection.Closed;
            drained.TrySetResult(closed);
            if (closed is JsonRpcClosed.ProtocolError broken)
                protocolError = $"{broken.Error}: {broken.Reason}";
        }
        catch (Exception bug)
        {
            // Ours, not the agent's. The reader must learn of the end all the same, or its turn would never end.
            protocolError = $"the adapter failed: {bug}";
            drained.TrySetResult(new JsonRpcClosed.StreamFailed(protocolError));
        }

        if (protocolError is null)
            await Task.WhenAny(process.Exited, Task.Delay(ExitGrace, timeProvider, CancellationToken.None));
        if (!process.Exited.IsCompleted)
            await KillAsync();
        await EndWorkAsync();
        events.Complete(new AgentEvent.Exited(
            process.Exited.IsCompletedSuccessfully ? await process.Exited : -1, process.StandardErrorTail, protocolError));
    }

    private async Task ReceiveAllAsync()
    {
        var incoming = Connection.Incoming;
        do
        {
            while (incoming.TryRead(out var message))
                await ReceiveAsync(message);
        }
        while (await WaitAsync(incoming));
    }

    /// <summary>Waits for the next message or for the translator's deadline.</summary>
    /// <returns>False when no message can come any more.</returns>
    private async Task<bool> WaitAsync(ChannelReader<TMessage> incoming)
    {
        var message = incoming.WaitToReadAsync(CancellationToken.None).AsTask();
        while (translator.GraceEndsAt is { } deadline && !message.IsCompleted)
        {
            var wait = deadline - timeProvider.GetUtcNow();
            if (wait <= TimeSpan.Zero)
            {
                await TellAsync(translator.EndGrace);
                continue;
            }

            using var enough = new CancellationTokenSource();
            await Task.WhenAny(message, Task.Delay(wait, timeProvider, enough.Token));
            await enough.CancelAsync();
        }

        return await message;
    }

    private async ValueTask ReceiveAsync(TMessage message)
    {
        var reaction = Reaction.None;
        await TellAsync(() => (reaction = translator.Receive(message, timeProvider.GetUtcNow())).Events);
        try
        {
            await ReplyAsync(message, reaction);
        }
        catch (Exception gone) when (gone is JsonRpcException or OperationCanceledException)
        {
            // The end of the connection is told by its own event.
        }
    }

    /// <summary>Ends what works for the agent outside of its process, before its end is told. Must not throw.</summary>
    protected virtual Task EndWorkAsync() => Task.CompletedTask;

    /// <summary>Says back what the translator wants said. After the message's events.</summary>
    protected abstract ValueTask ReplyAsync(TMessage message, Reaction reaction);
}
