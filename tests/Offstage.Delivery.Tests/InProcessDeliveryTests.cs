using Microsoft.Extensions.Logging.Abstractions;
using Offstage.Sql;

namespace Offstage.Delivery.Tests;

public sealed class InProcessDeliveryTests : EffectDeliveryConformance
{
    protected override IEffectDelivery Create(ISessionStore store, IEffectHandler handler, DeliveryOptions options, TimeProvider timeProvider, Random random)
        => new InProcessDelivery(store, handler, options, timeProvider, random, NullLogger<InProcessDelivery>.Instance);

    [Fact]
    public async Task An_effect_offered_twice_runs_once()
    {
        await AppendAsync(null, "ses_a", "e1");
        var entries = await Store.ListPendingEffectsAsync(0, 10, Stop);
        await using var engine = await StartAsync();
        engine.Offer(entries);
        engine.Offer(entries);
        await EmptyAsync();
        engine.Offer(entries);
        await AppendAsync(engine, "ses_a", "e2");
        await EmptyAsync();
        Assert.Equal(["e1", "e2"], Handler.HandledIds);
    }

    [Fact]
    public async Task More_than_fits_stays_in_the_outbox_and_keeps_its_order()
    {
        await using var engine = await StartAsync(options => (options.PendingMax, options.PendingPerLaneMax, options.PageSize) = (30, 8, 10));
        for (int n = 0; n < 200; n++)
        {
            await AppendAsync(engine, $"ses_{n % 4}", $"e{n:000}");
            Assert.InRange(((InProcessDelivery)engine).Pending, 0, 30);
        }

        await EmptyAsync();
        foreach (var lane in Handler.Handled.GroupBy(entry => entry.Session))
            Assert.Equal(lane.Select(entry => entry.Effect.Value).Order(StringComparer.Ordinal), lane.Select(entry => entry.Effect.Value));
        Assert.Equal(200, Handler.Handled.Count);
    }

    [Fact]
    public async Task A_lane_that_waits_with_much_behind_it_does_not_crowd_out_others()
    {
        Handler.Answer = (entry, _) => Task.FromResult<EffectOutcome>(
            entry.Session.Value == "ses_stuck" ? new EffectOutcome.Retry("stuck") : new EffectOutcome.Done());
        for (int n = 0; n < 100; n++)
            await AppendAsync(null, "ses_stuck", $"s{n:000}");
        await AppendAsync(null, "ses_b", "free");
        await using var engine = await StartAsync(options => (options.PendingMax, options.PendingPerLaneMax, options.PageSize) = (20, 5, 10));
        await UntilAsync(() => Handler.HandledIds.Contains("free"), "the free lane ran");
        await AppendAsync(engine, "ses_c", "free2");
        await UntilAsync(() => Handler.HandledIds.Contains("free2"), "a lane offered later ran");
    }

    [Fact]
    public async Task An_effect_that_an_append_completed_is_not_completed_again()
    {
        Store.Faults = name => name == "complete" ? throw new InvalidOperationException("not to be called") : null;
        Handler.Answer = async (entry, stop) =>
        {
            var row = (await Store.FindSessionAsync(entry.Session, stop))!;
            await Store.AppendAsync(new Append(row, row.Sequence, [], [], [entry.Effect], [], null), stop);
            return new EffectOutcome.Done(AlreadyCompleted: true);
        };
        await using var engine = await StartAsync();
        await AppendAsync(engine, "ses_a", "e1");
        await EmptyAsync();
        Assert.Single(Handler.Handled);
    }

    [Fact]
    public async Task A_handler_that_ignores_its_token_does_not_hold_up_dispose()
    {
        var never = new TaskCompletionSource<EffectOutcome>();
        Handler.Answer = (_, _) => never.Task;
        var engine = await StartAsync();
        await AppendAsync(engine, "ses_a", "e1");
        await UntilAsync(() => !Handler.Handled.IsEmpty, "the handler began");
        var dispose = engine.DisposeAsync().AsTask();
        for (int i = 0; i < 5_000 && !dispose.IsCompleted; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await LetWorkAsync();
        }

        Assert.True(dispose.IsCompletedSuccessfully, "Dispose waits longer than its bound");
        Assert.Single(await Store.ListPendingEffectsAsync(0, 10, Stop));
        never.SetResult(new EffectOutcome.Done());
    }
}
