using Microsoft.Extensions.Logging.Abstractions;
using Offstage.Contracts;
using Offstage.Sql;
using Offstage.Testing;

namespace Offstage.Delivery.Tests;

/// <summary>
/// Store, engine and sweeper on one thread with a simulated clock: when nothing is queued and no timer is armed, nothing
/// may be under way elsewhere. A continuation that left the context shows here as a standstill or as a foreign thread.
/// </summary>
public sealed class SingleThreadTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_continuation_leaves_the_context_and_a_run_repeats_itself(int seed)
    {
        string first = Run(seed);
        for (int i = 0; i < 5; i++)
            Assert.Equal(first, Run(seed));
    }

    private static string Run(int seed)
    {
        var time = new VirtualTimeProvider();
        var context = new OneThreadContext();
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            var scenario = ScenarioAsync(time, new Random(seed), seed);
            while (!scenario.IsCompleted)
            {
                if (context.TryRunOne())
                    continue;
                Assert.True(time.NextDue is not null, "A standstill: some continuation left the context");
                time.AdvanceTo(time.NextDue.Value);
            }

            Assert.True(context.OnlyOneThread, "A continuation was posted from another thread");
#pragma warning disable xUnit1031 // It has completed.
            return scenario.GetAwaiter().GetResult();
#pragma warning restore xUnit1031
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private static async Task<string> ScenarioAsync(VirtualTimeProvider time, Random random, int seed)
    {
        await using var store = await SqliteSessionStore.OpenAsync(new SqliteStoreOptions(), time, CancellationToken.None);
        var handler = new RecordingHandler
        {
            Answer = async (_, stop) =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(20)), time, stop);
                return random.Next(4) == 0 ? new EffectOutcome.Retry("again") : new EffectOutcome.Done();
            },
        };
        var options = new DeliveryOptions { ConcurrencyMax = 2, PendingMax = 10, PendingPerLaneMax = 3, PageSize = 4 };
        var engine = new InProcessDelivery(store, handler, options, time, new Random(seed), NullLogger<InProcessDelivery>.Instance);
        await engine.StartAsync(CancellationToken.None);
        var sweeper = new Sweeper(store, (_, _) => Task.CompletedTask, new SweeperOptions(), time, new Random(seed), NullLogger<Sweeper>.Instance);
        await sweeper.StartAsync(CancellationToken.None);

        await Task.WhenAll(Enumerable.Range(0, 5).Select(n => WriteAsync(store, engine, time, $"ses_{n}")));
        while ((await store.ListPendingEffectsAsync(0, 1, CancellationToken.None)).Count > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(100), time);
        await sweeper.DisposeAsync();
        await engine.DisposeAsync();
        return $"{time.GetUtcNow():O} {string.Join(' ', handler.HandledIds)}";
    }

    private static async Task WriteAsync(ISessionStore store, InProcessDelivery engine, VirtualTimeProvider time, string session)
    {
        var id = new SessionId(session);
        for (int n = 0; n < 8; n++)
        {
            var now = time.GetUtcNow();
            var row = new SessionRow(id, new EventSequence(n + 1), "idle", null, "codex", null, null, now, now, now.AddMilliseconds(n * 300), null, false, "{}");
            OutboxEntry[] effects = [new(0, new EffectId($"{session}_{n}"), id, "agent", "start", "{}", 0, now)];
            var result = await store.AppendAsync(new Append(row, new EventSequence(n), [new NewEvent("k", 1, now, "{}")], effects, [], [], null), CancellationToken.None);
            engine.Offer(((AppendResult.Appended)result).Effects);
            await Task.Delay(TimeSpan.FromMilliseconds(7), time);
        }
    }

    private sealed class OneThreadContext : SynchronizationContext
    {
        private readonly Queue<(SendOrPostCallback Callback, object? State)> queue = new();
        private readonly int thread = Environment.CurrentManagedThreadId;

        public bool OnlyOneThread { get; private set; } = true;

        public override void Post(SendOrPostCallback d, object? state)
        {
            lock (queue)
            {
                OnlyOneThread &= thread == Environment.CurrentManagedThreadId;
                queue.Enqueue((d, state));
            }
        }

        public bool TryRunOne()
        {
            (SendOrPostCallback Callback, object? State) next;
            lock (queue)
            {
                if (!queue.TryDequeue(out next))
                    return false;
            }

            next.Callback(next.State);
            return true;
        }
    }
}
