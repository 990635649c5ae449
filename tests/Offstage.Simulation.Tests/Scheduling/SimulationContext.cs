namespace Offstage.Simulation.Tests.Scheduling;

/// <summary>Where the continuations of one process go. When the process is killed, what it had still to do is never done.</summary>
internal sealed class SimulationContext(Scheduler scheduler) : SynchronizationContext
{
    public bool IsDead { get; private set; }

    public void Kill() => IsDead = true;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (!IsDead)
            scheduler.Enqueue(this, d, state);
    }

    public override void Send(SendOrPostCallback d, object? state)
        => throw new NotSupportedException("Nothing waits for another context in a simulation.");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Begins a task on this context.</summary>
    public void Start(Func<Task> work) => Post(static state => _ = RunAsync((Func<Task>)state!), work);

    private static async Task RunAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException)
        {
            // Its process was ended.
        }
    }
}
