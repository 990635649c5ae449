using Offstage.Testing;

namespace Offstage.Simulation.Tests.Scheduling;

/// <summary>
/// Runs everything on one thread: of what is ready, the seed picks what runs next; when nothing is ready, the clock moves to
/// the next timer. The same seed gives the same run.
/// </summary>
internal sealed class Scheduler
{
    private readonly int thread = Environment.CurrentManagedThreadId;
    private readonly List<(SimulationContext Context, SendOrPostCallback Callback, object? State)> ready = [];

    public Scheduler(int seed, int traceLines)
    {
        Random = new Random(seed);
        Trace = new Trace(Clock.GetUtcNow, traceLines);
        World = new SimulationContext(this);
    }

    /// <summary>Every choice of a run is drawn from here.</summary>
    public Random Random { get; }

    public VirtualTimeProvider Clock { get; } = new();

    public Trace Trace { get; }

    /// <summary>Where all runs that no crash of the host can end: the database, people, the agents' own programs.</summary>
    public SimulationContext World { get; }

    public DateTimeOffset Now => Clock.GetUtcNow();

    public long Steps { get; private set; }

    /// <summary>Something ran outside the scheduler: the run cannot be repeated.</summary>
    public string? Escaped { get; private set; }

    /// <summary>A continuation threw; nobody was there to see it.</summary>
    public Exception? Thrown { get; private set; }

    /// <returns>False when this is not the simulation's thread.</returns>
    public bool RequireThread(string where)
    {
        if (Environment.CurrentManagedThreadId == thread)
            return true;
        Escaped ??= $"{where} on another thread: {Environment.StackTrace}";
        return false;
    }

    public void Enqueue(SimulationContext context, SendOrPostCallback callback, object? state)
    {
        // The run has failed already; another thread must not touch its queue.
        if (RequireThread("A continuation was posted"))
            ready.Add((context, callback, state));
    }

    /// <returns>False when nothing is ready.</returns>
    public bool TryStep()
    {
        if (ready.Count == 0)
            return false;

        int index = ready.Count == 1 ? 0 : Random.Next(ready.Count);
        var (context, callback, state) = ready[index];
        ready[index] = ready[^1];
        ready.RemoveAt(ready.Count - 1);
        if (context.IsDead)
            return true;

        Steps++;
        Trace.Mix((ulong)index);
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            callback(state);
        }
        catch (Exception e)
        {
            Thrown ??= e;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        return true;
    }

    /// <summary>Moves the clock to the next timer.</summary>
    /// <returns>False when none is armed before the limit.</returns>
    public bool TryAdvance(DateTimeOffset limit)
    {
        if (Clock.NextDue is not { } due || due > limit)
            return false;
        Clock.AdvanceTo(due);
        return true;
    }
}
