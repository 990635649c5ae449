using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Offstage.Processes;

namespace Offstage.Agents.Processes;

/// <summary>
/// The bounded stream of an agent's events, each marked with its turn, with exactly one <see cref="AgentEvent.Exited"/> at its end. A full
/// stream holds the writer back, and so the agent.
/// </summary>
internal sealed class AgentEventStream : IDisposable
{
    private const int EventsMax = 256;

    /// <summary>Of all that is not taken yet; a single event may be larger.</summary>
    private const long BytesMax = 8 * 1024 * 1024;

    private readonly WeighedChannel<AgentEvent> events = new(EventsMax, BytesMax);
    private readonly CancellationTokenSource closing = new();
    private AgentEvent.Exited? exited;

    public TurnTags Tags { get; } = new();

    /// <summary>Cancelled by <see cref="Close"/>: nobody listens any more.</summary>
    public CancellationToken Closing => closing.Token;

    /// <summary>Drops what is emitted once the stream is closed.</summary>
    public async ValueTask EmitAsync(AgentEvent happened)
    {
        if (closing.IsCancellationRequested)
            return;
        try
        {
            await events.WriteAsync(Tags.Stamp(happened), EventWeight.Of(happened), closing.Token);
        }
        catch (Exception late) when (late is OperationCanceledException or ChannelClosedException)
        {
            // Nobody listens any more.
        }
    }

    public async ValueTask EmitAllAsync(IReadOnlyList<AgentEvent> happened)
    {
        foreach (var one in happened)
            await EmitAsync(one);
    }

    /// <summary>From here on nothing is emitted, so that a writer that is held back can go on and end.</summary>
    public void Close() => closing.Cancel();

    /// <summary>The stream ends, after what is in it, with this.</summary>
    public void Complete(AgentEvent.Exited last)
    {
        exited = last;
        events.TryComplete();
    }

    /// <summary>Whoever emits has ended.</summary>
    public void Dispose() => closing.Dispose();

    public async IAsyncEnumerable<AgentEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var happened in events.Reader.ReadAllAsync(cancellationToken))
            yield return happened;
        if (Interlocked.Exchange(ref exited, null) is { } last)
            yield return last;
    }
}
