using Offstage.Contracts;
using Offstage.Sql;
using Offstage.Testing;

namespace Offstage.Delivery.Tests;

/// <summary>What every delivery engine promises (D1): at least once, in order within a lane, over crashes and outages.</summary>
public abstract class EffectDeliveryConformance : IAsyncLifetime
{
    private ISessionStore inner = null!;

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    private protected VirtualTimeProvider Time { get; } = new();

    private protected FaultyStore Store { get; private set; } = null!;

    private protected RecordingHandler Handler { get; } = new();

    protected abstract IEffectDelivery Create(ISessionStore store, IEffectHandler handler, DeliveryOptions options, TimeProvider timeProvider, Random random);

    public async ValueTask InitializeAsync()
    {
        inner = await SqliteSessionStore.OpenAsync(new SqliteStoreOptions(), Time, Stop);
        Store = new FaultyStore(inner);
    }

    public async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Offered_effects_are_carried_out_and_leave_the_outbox()
    {
        await using var engine = await StartAsync();
        await AppendAsync(engine, "ses_a", "e1", "e2");
        await EmptyAsync();
        Assert.Equal(["e1", "e2"], Handler.HandledIds);
    }

    [Fact]
    public async Task What_the_outbox_holds_at_the_start_is_carried_out_in_order()
    {
        for (int n = 0; n < 30; n++)
            await AppendAsync(null, "ses_a", $"e{n:00}");
        await using var engine = await StartAsync(options => options.PageSize = 7);
        await EmptyAsync();
        Assert.Equal(Enumerable.Range(0, 30).Select(n => $"e{n:00}"), Handler.HandledIds);
    }

    [Fact]
    public async Task A_failing_effect_blocks_its_lane_and_no_other()
    {
        int failures = 0;
        Handler.Answer = (entry, _) => Task.FromResult<EffectOutcome>(
            entry.Effect.Value == "bad" && failures++ < 3 ? new EffectOutcome.Retry("not yet") : new EffectOutcome.Done());
        await using var engine = await StartAsync();
        await AppendAsync(engine, "ses_a", "bad", "after");
        await AppendAsync(engine, "ses_b", "other");
        await UntilAsync(() => Handler.HandledIds.Contains("other"), "the other lane went on");
        await EmptyAsync();
        Assert.Equal(["bad", "bad", "bad", "bad", "after"], Handler.HandledIds.Where(id => id != "other"));
        Assert.Equal([0, 1, 2, 3], Handler.Handled.Where(entry => entry.Effect.Value == "bad").Select(entry => entry.Attempts));
    }

    [Fact]
    public async Task An_exception_is_a_failed_attempt_with_its_message_as_the_reason()
    {
        Handler.Answer = (_, _) => throw new InvalidOperationException("the driver is gone");
        await using var engine = await StartAsync(options => options.AttemptsMaxByKind["start"] = 3);
        await AppendAsync(engine, "ses_a", "e1");
        await EmptyAsync();
        Assert.Equal(3, Handler.Handled.Count);
        Assert.Equal([("e1", "the driver is gone")], Handler.GivenUp);
        var dead = Assert.Single(await engine.ListDeadAsync(10, Stop));
        Assert.Equal(("the driver is gone", 3), (dead.Error, dead.Entry.Attempts));
    }

    [Fact]
    public async Task The_impossible_is_given_up_at_once_and_can_be_retried()
    {
        Handler.Answer = (_, _) => Task.FromResult<EffectOutcome>(new EffectOutcome.Impossible("no such agent"));
        await using var engine = await StartAsync();
        await AppendAsync(engine, "ses_a", "e1");
        await EmptyAsync();
        Assert.Single(Handler.Handled);
        Assert.Single(Handler.GivenUp);

        Handler.Answer = (_, _) => Task.FromResult<EffectOutcome>(new EffectOutcome.Done());
        Assert.False(await engine.RetryDeadAsync(new EffectId("unknown"), Stop));
        Assert.True(await engine.RetryDeadAsync(new EffectId("e1"), Stop));
        await EmptyAsync();
        Assert.Equal(2, Handler.Handled.Count);
        Assert.Empty(await engine.ListDeadAsync(10, Stop));
    }

    [Fact]
    public async Task Giving_up_is_repeated_until_its_cause_was_told()
    {
        int calls = 0;
        Handler.Answer = (_, _) => Task.FromResult<EffectOutcome>(new EffectOutcome.Impossible("no"));
        Handler.AnswerGiveUp = _ => ++calls < 5 ? throw new StoreUnavailableException("down") : Task.CompletedTask;
        await using var engine = await StartAsync();
        await AppendAsync(engine, "ses_a", "e1");
        await EmptyAsync();
        Assert.Equal(5, calls);
        Assert.Single(await engine.ListDeadAsync(10, Stop));
    }

    [Fact]
    public async Task An_engine_that_stops_leaves_its_work_to_the_next()
    {
        var begun = new TaskCompletionSource();
        Handler.Answer = async (_, stop) =>
        {
            begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, stop);
            return new EffectOutcome.Done();
        };
        var first = await StartAsync();
        await AppendAsync(first, "ses_a", "e1", "e2");
        await begun.Task.WaitAsync(Stop);
        await first.DisposeAsync();
        Assert.Equal(2, (await inner.ListPendingEffectsAsync(0, 10, Stop)).Count);

        Handler.Answer = (_, _) => Task.FromResult<EffectOutcome>(new EffectOutcome.Done());
        await using var second = await StartAsync();
        await EmptyAsync();
        Assert.Equal(["e1", "e1", "e2"], Handler.HandledIds);
    }

    [Fact]
    public async Task An_outage_of_the_store_delays_and_loses_nothing()
    {
        int calls = 0;
        Store.Faults = name => name == "append" ? null : (++calls % 3) switch { 0 => FaultyStore.Fault.AppliedButLost, 1 => FaultyStore.Fault.Refused, _ => null };
        await using var engine = await StartAsync();
        for (int n = 0; n < 20; n++)
            await AppendAsync(engine, "ses_a", $"e{n:00}");
        await EmptyAsync();
        Assert.Equal(Enumerable.Range(0, 20).Select(n => $"e{n:00}"), Handler.HandledIds.Distinct());
    }

    [Fact]
    public async Task Handlers_at_once_are_bounded()
    {
        Handler.Answer = async (_, _) =>
        {
            for (int i = 0; i < 5; i++)
                await Task.Yield();
            return new EffectOutcome.Done();
        };
        for (int n = 0; n < 50; n++)
            await AppendAsync(null, $"ses_{n}", $"e{n}");
        await using var engine = await StartAsync(options => options.ConcurrencyMax = 4);
        await EmptyAsync();
        Assert.InRange(Handler.RunningMax, 1, 4);
        Assert.Equal(50, Handler.HandledIds.Distinct().Count());
    }

    [Fact]
    public async Task What_stops_work_does_not_wait_for_the_slots_of_work_that_hangs()
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Handler.Answer = async (entry, stop) =>
        {
            if (entry.Lane == "control")
                stopped.TrySetResult();
            else
                await stopped.Task.WaitAsync(stop);
            return new EffectOutcome.Done();
        };
        await using var engine = await StartAsync(options => options.ConcurrencyMax = 1);
        await AppendToLaneAsync(engine, "ses_a", "work", "hangs");
        await UntilAsync(() => Handler.HandledIds.Contains("hangs"), "the work began");
        await AppendToLaneAsync(engine, "ses_a", "control", "stops");
        await EmptyAsync();
        Assert.Equal(["hangs", "stops"], Handler.HandledIds);
    }

    [Fact]
    public async Task An_offer_that_was_lost_is_found_by_polling()
    {
        await using var engine = await StartAsync();
        await AppendAsync(engine, "ses_a", "e1");
        await EmptyAsync();
        await AppendAsync(null, "ses_a", "e2");
        await EmptyAsync();
        Assert.Equal(["e1", "e2"], Handler.HandledIds);
    }

    [Fact]
    public async Task Effects_that_nobody_could_offer_are_found_at_once_when_told_to_look()
    {
        await using var engine = await StartAsync(options => options.PollInterval = null);
        await AppendAsync(engine, "ses_a", "e1");
        await EmptyAsync();
        await AppendAsync(null, "ses_a", "e2");
        engine.LookAgain();
        await EmptyAsync();
        Assert.Equal(["e1", "e2"], Handler.HandledIds);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Random_runs_deliver_all_at_least_once_and_in_order(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        bool losesOffers = seed % 3 == 0;
        Handler.Answer = (_, _) =>
        {
            lock (random)
            {
                return random.Next(10) switch
                {
                    0 => throw new IOException("random failure"),
                    1 => Task.FromResult<EffectOutcome>(new EffectOutcome.Retry("random retry")),
                    _ => Task.FromResult<EffectOutcome>(new EffectOutcome.Done()),
                };
            }
        };
        Store.Faults = name =>
        {
            lock (random)
                return name == "append" || random.Next(8) != 0 ? null : (FaultyStore.Fault)random.Next(2);
        };

        var expected = new Dictionary<string, List<string>>();
        IEffectDelivery? engine = null;
        for (int n = 0; n < 300; n++)
        {
            if (n % 75 == 0)
            {
                if (engine is not null)
                    await engine.DisposeAsync();
                engine = await StartAsync(Tight, seed + n);
            }

            string session = $"ses_{random.Next(5)}";
            string lane = $"lane{random.Next(2)}";
            await AppendToLaneAsync(losesOffers && random.Next(20) == 0 ? null : engine, session, lane, $"e{n:000}");
            (expected.TryGetValue($"{session}/{lane}", out var list) ? list : expected[$"{session}/{lane}"] = []).Add($"e{n:000}");
            if (random.Next(10) == 0)
                Time.Advance(TimeSpan.FromSeconds(random.Next(3)));
        }

        await EmptyAsync();
        await engine!.DisposeAsync();
        foreach (var (lane, effects) in expected)
        {
            var handled = Handler.Handled.Where(entry => $"{entry.Session}/{entry.Lane}" == lane).Select(entry => entry.Effect.Value);
            AssertInOrder(effects, [.. handled], losesOffers, $"seed {seed}, {lane}");
        }

        static void Tight(DeliveryOptions options)
            => (options.PendingMax, options.PendingPerLaneMax, options.PageSize, options.AttemptsMax, options.ConcurrencyMax) = (20, 4, 5, 1_000, 3);
    }

    /// <summary>An effect is repeated only before its successor begins, since it is settled durably first. A lost offer
    /// is the exception: it is found later than its successors.</summary>
    private static void AssertInOrder(List<string> expected, string[] handled, bool offersLost, string where)
    {
        Assert.True(expected.ToHashSet().SetEquals(handled), $"{where}: not all were delivered");
        if (!offersLost)
            Assert.True(handled.SequenceEqual(handled.Order(StringComparer.Ordinal)), $"{where}: out of order: {string.Join(' ', handled)}");
    }

    private protected async Task<IEffectDelivery> StartAsync(Action<DeliveryOptions>? configure = null, int seed = 7)
    {
        var options = new DeliveryOptions();
        configure?.Invoke(options);
        var engine = Create(Store, Handler, options, Time, new Random(seed));
        await engine.StartAsync(Stop);
        return engine;
    }

    /// <param name="engine">Null loses the offer.</param>
    private protected Task AppendAsync(IEffectDelivery? engine, string session, params string[] effects)
        => AppendToLaneAsync(engine, session, "agent", effects);

    private protected async Task AppendToLaneAsync(IEffectDelivery? engine, string session, string lane, params string[] effects)
    {
        var id = new SessionId(session);
        long at = (await inner.FindSessionAsync(id, Stop))?.Sequence.Value ?? 0;
        var row = new SessionRow(id, new EventSequence(at + 1), "idle", null, "codex", null, null, Time.GetUtcNow(), Time.GetUtcNow(), null, null, false, "{}");
        var entries = effects.Select(effect => new OutboxEntry(0, new EffectId(effect), id, lane, "start", "{}", 0, Time.GetUtcNow())).ToArray();
        var result = await inner.AppendAsync(new Append(row, new EventSequence(at), [new NewEvent("k", 1, Time.GetUtcNow(), "{}")], entries, [], [], null), Stop);
        engine?.Offer(Assert.IsType<AppendResult.Appended>(result).Effects);
    }

    /// <summary>Lets the engine work, and the clock go on, until nothing waits in the outbox.</summary>
    private protected async Task EmptyAsync()
    {
        for (int i = 0; (await inner.ListPendingEffectsAsync(0, 1, Stop)).Count > 0; i++)
        {
            Assert.True(i < 20_000, "The outbox did not empty");
            await LetWorkAsync();
            if (i % 5 == 4)
                Time.Advance(TimeSpan.FromMilliseconds(500));
        }
    }

    private protected static async Task UntilAsync(Func<bool> condition, string what)
    {
        for (int i = 0; !condition(); i++)
        {
            Assert.True(i < 5_000, $"It did not happen that {what}");
            await LetWorkAsync();
        }
    }

    private protected static Task LetWorkAsync() => Task.Delay(1, Stop);
}
