using System.Collections.Concurrent;
using Offstage.Sql;

namespace Offstage.Delivery.Tests;

/// <summary>Writes down what it is asked to do, and answers as the test says.</summary>
internal sealed class RecordingHandler : IEffectHandler
{
    private int running;

    public Func<OutboxEntry, CancellationToken, Task<EffectOutcome>> Answer { get; set; } = (_, _) => Task.FromResult<EffectOutcome>(new EffectOutcome.Done());

    public Func<OutboxEntry, Task> AnswerGiveUp { get; set; } = _ => Task.CompletedTask;

    public ConcurrentQueue<OutboxEntry> Handled { get; } = new();

    public ConcurrentQueue<(string Effect, string Error)> GivenUp { get; } = new();

    public int RunningMax { get; private set; }

    public IEnumerable<string> HandledIds => Handled.Select(entry => entry.Effect.Value);

    public async Task<EffectOutcome> HandleAsync(OutboxEntry effect, CancellationToken cancellationToken)
    {
        Handled.Enqueue(effect);
        int now = Interlocked.Increment(ref running);
        lock (Handled)
            RunningMax = Math.Max(RunningMax, now);
        try
        {
            return await Answer(effect, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref running);
        }
    }

    public async Task GiveUpAsync(OutboxEntry effect, string error, CancellationToken cancellationToken)
    {
        await AnswerGiveUp(effect);
        GivenUp.Enqueue((effect.Effect.Value, error));
    }
}
