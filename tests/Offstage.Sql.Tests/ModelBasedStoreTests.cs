using Offstage.Contracts;

namespace Offstage.Sql.Tests;

/// <summary>Random operations against a model in plain collections; a failure prints its seed.</summary>
public sealed class ModelBasedStoreTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    public async Task Sqlite_agrees_with_the_model(int seed)
    {
        await using var store = await SqliteSessionStore.OpenAsync(new SqliteStoreOptions(), TimeProvider.System, Stop);
        await RunAsync(store, seed);
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public async Task Postgres_agrees_with_the_model(int seed)
    {
        var server = await Requires.PostgresAsync();
        var options = new PostgresStoreOptions { ConnectionString = await server.CreateDatabaseAsync(Stop) };
        await using var store = await PostgresSessionStore.OpenAsync(options, TimeProvider.System, Stop);
        await RunAsync(store, seed);
    }

    private static async Task RunAsync(ISessionStore store, int seed)
    {
        var random = new Random(seed);
        var model = new StoreModel();
        for (int step = 0; step < 400; step++)
        {
            try
            {
                await StepAsync(store, model, random, step);
                if (step % 20 == 0)
                    await CompareAsync(store, model);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                throw new InvalidOperationException($"seed {seed}, step {step}", exception);
            }
        }

        await CompareAsync(store, model);
    }

    private static async Task StepAsync(ISessionStore store, StoreModel model, Random random, int step)
    {
        string session = $"ses_{random.Next(6)}";
        var effect = new EffectId(model.Outbox.Count > 0 && random.Next(5) > 0 ? model.Outbox[random.Next(model.Outbox.Count)].Entry.Effect.Value : "unknown");
        switch (random.Next(10))
        {
            case <= 5:
                var append = MakeAppend(model, random, session, effect, step);
                var expected = model.Append(append);
                var actual = await store.AppendAsync(append, Stop);
                if (expected is AppendResult.Appended && actual is AppendResult.Appended(var stored))
                    model.Number(stored);
                else
                    Assert.Equal(expected, actual);
                break;
            case 6:
                model.Outbox.RemoveAll(item => item.Entry.Effect == effect);
                await store.CompleteEffectsAsync([effect], Stop);
                break;
            case 7:
                model.Change(effect, item => item.DeadAt is null ? item with { Entry = item.Entry with { Attempts = step, DueAt = Make.T0.AddTicks(step) } } : item);
                await store.RescheduleEffectAsync(effect, step, Make.T0.AddTicks(step), "later", Stop);
                break;
            case 8 when random.Next(2) == 0:
                model.Change(effect, item => item with { Entry = item.Entry with { Attempts = step }, DeadAt = Make.T0, Error = $"dead {step}" });
                await store.DeadLetterEffectAsync(effect, step, Make.T0, $"dead {step}", Stop);
                break;
            case 8:
                Assert.Equal(model.Retry(effect, Make.T0), await store.RetryDeadEffectAsync(effect, Make.T0, Stop));
                break;
            default:
                Assert.Equal(model.Purge(session), await store.PurgeSessionAsync(new SessionId(session), Stop));
                break;
        }
    }

    private static Append MakeAppend(StoreModel model, Random random, string session, EffectId completed, int step)
    {
        long actual = model.Rows.TryGetValue(session, out var row) ? row.Sequence.Value : 0;
        long expected = random.Next(4) == 0 ? random.Next(8) : actual;
        int events = random.Next(expected == 0 ? 1 : 0, 4);
        return Make.Append(session, expected, events) with
        {
            Row = Make.Row(session, expected + events) with
            {
                Title = random.Next(2) == 0 ? null : $"title {step}",
                WakeAt = random.Next(2) == 0 ? null : Make.T0.AddSeconds(random.Next(100)),
                LiveHost = random.Next(3) == 0 ? new HostId($"hst_{random.Next(2)}") : null,
                Deleted = random.Next(5) == 0,
            },
            Effects = [.. Enumerable.Range(0, random.Next(3)).Select(n => Make.Effect(session, $"e{step}_{n}"))],
            CompletedEffects = random.Next(3) == 0 ? [completed] : [],
            Sandboxes = random.Next(3) == 0 ? [Make.Sandbox($"sbx_{random.Next(4)}", session, state: random.Next(3) == 0 ? "gone" : "ready")] : [],
            Idempotency = random.Next(3) == 0 ? Make.Key($"k{random.Next(30)}", random.Next(2) == 0 ? session : "sessions") : null,
        };
    }

    private static async Task CompareAsync(ISessionStore store, StoreModel model)
    {
        for (int n = 0; n < 6; n++)
        {
            var id = new SessionId($"ses_{n}");
            Assert.Equal(model.Rows.GetValueOrDefault(id.Value), await store.FindSessionAsync(id, Stop));
            var events = await store.ReadEventsAsync(id, EventSequence.None, 1000, Stop);
            Assert.Equal(model.Events.GetValueOrDefault(id.Value) ?? [], events);
        }

        Assert.Equal(model.Outbox.Where(item => item.DeadAt is null).Select(item => item.Entry), await store.ListPendingEffectsAsync(0, 10_000, Stop));
        Assert.Equal(
            model.Outbox.Where(item => item.DeadAt is not null).Select(item => new DeadEffect(item.Entry, item.Error, item.DeadAt!.Value)),
            await store.ListDeadEffectsAsync(10_000, Stop));
        Assert.Equal(
            model.Sandboxes.Values.OrderBy(sandbox => sandbox.Sandbox.Value, StringComparer.Ordinal),
            await store.ListSandboxesAsync(new HostId("hst_1"), Stop));
        Assert.Equal(model.Rows.Values.Select(row => row.WakeAt).Min(), await store.FindNextWakeAsync(Stop));
        foreach (var key in model.Keys.Values)
            Assert.Equal(key, await store.FindIdempotencyAsync(key.Scope, key.Key, Stop));
        Assert.Equal(
            model.Rows.Values.Where(row => !row.Deleted).OrderByDescending(row => row.Session.Value, StringComparer.Ordinal),
            await store.ListSessionsAsync(new SessionFilter([], null, null, null, 100), Stop));
    }
}
