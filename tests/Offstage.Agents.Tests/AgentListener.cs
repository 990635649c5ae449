using Offstage.Contracts;

namespace Offstage.Agents.Tests;

/// <summary>Reads a session's events as they come and lets a test wait for one.</summary>
internal sealed class AgentListener
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly Lock gate = new();
    private readonly List<AgentEvent> seen = [];
    private readonly Task reading;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int position;

    public AgentListener(IAgentSession session) => reading = ReadAsync(session);

    /// <summary>Everything so far, in order.</summary>
    public IReadOnlyList<AgentEvent> Seen
    {
        get
        {
            lock (gate)
                return [.. seen];
        }
    }

    public IEnumerable<T> Of<T>() => Seen.OfType<T>();

    public IEnumerable<T> Completed<T>()
        where T : ItemBody => Of<AgentEvent.ItemCompleted>().Select(one => one.Item.Body).OfType<T>();

    public string LastMessage => Completed<ItemBody.Message>().Last().Text.Trim();

    /// <summary>The next event of the kind, after the one that was waited for before.</summary>
    public async Task<T> NextAsync<T>(Func<T, bool>? where = null)
        where T : AgentEvent
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        while (true)
        {
            Task wait;
            lock (gate)
            {
                while (position < seen.Count)
                {
                    if (seen[position++] is T found && (where is null || where(found)))
                        return found;
                }

                wait = changed.Task;
            }

            try
            {
                await wait.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"{typeof(T).Name} did not come. Seen:\n{string.Join('\n', Seen.Select(one => one.ToString()))}");
            }
        }
    }

    /// <summary>All events, when the stream has ended.</summary>
    public async Task<IReadOnlyList<AgentEvent>> EndAsync()
    {
        try
        {
            await reading.WaitAsync(Limit, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The events did not end. Seen:\n{string.Join('\n', Seen.Select(one => one.ToString()))}");
        }

        return Seen;
    }

    private async Task ReadAsync(IAgentSession session)
    {
        await foreach (var happened in session.Events)
        {
            lock (gate)
            {
                seen.Add(happened);
                changed.TrySetResult();
                changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}
