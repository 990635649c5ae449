using System.Diagnostics;
using System.Text.Json;

namespace Offstage.Kill.Tests.Load;

/// <summary>What a subscriber saw of a session, what follows from it, and how long the session took to go on after a kill.</summary>
internal sealed class SessionWatch(string session, string transport)
{
    private readonly Lock gate = new();
    private readonly List<JsonElement> events = [];
    private readonly List<string> violations = [];
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? activeTurn;
    private int waiting;
    private bool failed;
    private bool over;
    private (DateTimeOffset At, long Timestamp)? killed;

    public string Session => session;

    public long Last
    {
        get
        {
            lock (gate)
                return events.Count;
        }
    }

    /// <summary>The session was deleted.</summary>
    public bool IsOver
    {
        get
        {
            lock (gate)
                return over;
        }
    }

    /// <summary>Something is under way or waits its turn: after a kill there has to be another event.</summary>
    public bool HasWork
    {
        get
        {
            lock (gate)
                return HasWorkNow;
        }
    }

    /// <summary>Since the last kill it had work and has not gone on yet.</summary>
    public bool IsOwing
    {
        get
        {
            lock (gate)
                return killed is not null;
        }
    }

    /// <summary>From a kill to the next event, in milliseconds.</summary>
    public List<double> RecoveriesMs { get; } = [];

    private bool HasWorkNow => !over && (activeTurn is not null || (waiting > 0 && !failed));

    public IReadOnlyList<JsonElement> Events
    {
        get
        {
            lock (gate)
                return [.. events];
        }
    }

    public IReadOnlyList<string> Violations
    {
        get
        {
            lock (gate)
                return [.. violations];
        }
    }

    /// <summary>The server was killed just now.</summary>
    public void MarkKilled()
    {
        lock (gate)
            killed = HasWorkNow || killed is not null ? (DateTimeOffset.UtcNow, Stopwatch.GetTimestamp()) : null;
    }

    public void End()
    {
        lock (gate)
        {
            over = true;
            killed = null;
        }

        Signal();
    }

    public void Take(JsonElement e)
    {
        lock (gate)
        {
            if (over)
                return;
            long sequence = e.GetProperty("sequence").GetInt64();
            if (sequence != events.Count + 1)
            {
                violations.Add($"K7: {session}, by {transport}: event {sequence} came where {events.Count + 1} was due");
                return;
            }

            events.Add(e);
            Follow(e);
            if (killed is { } kill)
                Settle(e, kill);
        }

        Signal();
    }

    /// <summary>Waits for an event that was or will be seen.</summary>
    /// <returns>Null at the end of the bound, or of the session.</returns>
    public async Task<JsonElement?> FindAsync(Func<JsonElement, bool> wanted, TimeSpan bound, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(bound);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        while (true)
        {
            Task next;
            lock (gate)
            {
                foreach (var e in events)
                {
                    if (wanted(e))
                        return e;
                }

                if (over)
                    return null;
                next = changed.Task;
            }

            try
            {
                await next.WaitAsync(stop.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return null;
            }
        }
    }

    private void Signal()
    {
        lock (gate)
        {
            changed.TrySetResult();
            changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private void Settle(JsonElement e, (DateTimeOffset At, long Timestamp) kill)
    {
        if (e.GetProperty("at").GetDateTimeOffset() > kill.At)
        {
            RecoveriesMs.Add(Stopwatch.GetElapsedTime(kill.Timestamp).TotalMilliseconds);
            killed = null;
        }
        else if (!HasWorkNow)
        {
            // It had ended before the kill; only the news of it came after.
            killed = null;
        }
    }

    private void Follow(JsonElement e)
    {
        switch (e.GetProperty("kind").GetString())
        {
            case "prompt.queued":
                waiting++;
                break;
            case "prompt.withdrawn":
                waiting--;
                break;
            case "turn.created":
                waiting--;
                failed = false;
                activeTurn = e.GetProperty("data").GetProperty("turn").GetString();
                break;
            case "turn.ended":
                activeTurn = null;
                break;
            case "session.failed":
                failed = true;
                break;
            case "session.deleted":
                over = true;
                killed = null;
                break;
        }
    }
}
