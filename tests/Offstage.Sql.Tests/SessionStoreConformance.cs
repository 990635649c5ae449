using Offstage.Contracts;

namespace Offstage.Sql.Tests;

/// <summary>Every promise of <see cref="ISessionStore"/>. Each database inherits it.</summary>
public abstract class SessionStoreConformance : IAsyncLifetime
{
    protected ISessionStore Store { get; private set; } = null!;

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected abstract Task<ISessionStore> OpenAsync();

    public virtual async ValueTask InitializeAsync() => Store = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        if (Store is not null)
            await Store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_session_is_read_back_as_it_was_written()
    {
        var row = Make.Row("ses_a", 2) with { WakeAt = Make.T0.AddTicks(7), LiveHost = new HostId("hst_1"), Title = null, Repository = null, CreatedBy = null };
        await Store.MustAppendAsync(Make.Append("ses_a", 0, 2) with { Row = row });

        Assert.Equal(row, await Store.FindSessionAsync(row.Session, Stop));
        Assert.Null(await Store.FindSessionAsync(new SessionId("ses_b"), Stop));
    }

    [Fact]
    public async Task Events_are_gapless_and_paged()
    {
        await Store.MustAppendAsync(Make.Append("ses_a", 0, 3));
        await Store.MustAppendAsync(Make.Append("ses_b", 0, 1));
        await Store.MustAppendAsync(Make.Append("ses_a", 3, 4));

        var all = await Store.ReadEventsAsync(new SessionId("ses_a"), EventSequence.None, 1000, Stop);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], all.Select(e => e.Sequence.Value));
        Assert.Equal(new StoredEvent(new EventSequence(5), "turn_started", 1, Make.T0.AddTicks(5), """{"n":5}"""), all[4]);

        var page = await Store.ReadEventsAsync(new SessionId("ses_a"), new EventSequence(2), 3, Stop);
        Assert.Equal([3, 4, 5], page.Select(e => e.Sequence.Value));
        Assert.Empty(await Store.ReadEventsAsync(new SessionId("ses_a"), new EventSequence(7), 3, Stop));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.ReadEventsAsync(new SessionId("ses_a"), EventSequence.None, 1001, Stop));
    }

    [Fact]
    public async Task Events_are_read_by_kind()
    {
        await Store.MustAppendAsync(Make.Append("ses_a", 0, 4) with { Events = [Make.Event(1, "a"), Make.Event(2, "b"), Make.Event(3, "c"), Make.Event(4, "b")] });

        var session = new SessionId("ses_a");
        Assert.Equal([1, 2, 4], (await Store.ReadEventsAsync(session, ["a", "b"], EventSequence.None, 10, Stop)).Select(e => e.Sequence.Value));
        Assert.Equal([4], (await Store.ReadEventsAsync(session, ["b"], new EventSequence(2), 10, Stop)).Select(e => e.Sequence.Value));
        Assert.Empty(await Store.ReadEventsAsync(session, [], EventSequence.None, 10, Stop));
    }

    [Fact]
    public async Task A_wrong_expectation_conflicts_and_applies_nothing()
    {
        Assert.Equal(
            new AppendResult.Conflict(EventSequence.None),
            await Store.AppendAsync(Make.Append("ses_a", 3), Stop));
        await Store.MustAppendAsync(Make.Append("ses_a", 0, 2));

        foreach (long expected in new[] { 0L, 1L, 5L })
        {
            var append = Make.Append("ses_a", expected) with
            {
                Effects = [Make.Effect("ses_a", "e1")],
                Sandboxes = [Make.Sandbox("sbx_1", "ses_a")],
                Idempotency = Make.Key("k"),
            };
            Assert.Equal(new AppendResult.Conflict(new EventSequence(2)), await Store.AppendAsync(append, Stop));
        }

        Assert.Equal(Make.Row("ses_a", 2), await Store.FindSessionAsync(new SessionId("ses_a"), Stop));
        Assert.Equal(2, (await Store.ReadEventsAsync(new SessionId("ses_a"), EventSequence.None, 10, Stop)).Count);
        Assert.Empty(await Store.ListPendingEffectsAsync(0, 10, Stop));
        Assert.Empty(await Store.ListSandboxesAsync(new HostId("hst_1"), Stop));
        Assert.Null(await Store.FindIdempotencyAsync("sessions", "k", Stop));
    }

    [Fact]
    public async Task Of_appends_that_race_one_wins_each_sequence()
    {
        await Store.MustAppendAsync(Make.Append("ses_a", 0));
        for (int round = 1; round <= 20; round++)
        {
            int expected = round;
            var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Store.AppendAsync(Make.Append("ses_a", expected), Stop)));
            Assert.Single(results.OfType<AppendResult.Appended>());
            Assert.All(results.OfType<AppendResult.Conflict>(), conflict => Assert.Equal(expected + 1, conflict.Actual.Value));
        }

        var events = await Store.ReadEventsAsync(new SessionId("ses_a"), EventSequence.None, 100, Stop);
        Assert.Equal(Enumerable.Range(1, 21).Select(n => (long)n), events.Select(e => e.Sequence.Value));
    }

    [Fact]
    public async Task Appends_of_one_session_may_follow_each_other_in_a_batch()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 30).Select(n => Store.AppendAsync(Make.Append("ses_a", n), Stop)));
        Assert.All(results, result => Assert.IsType<AppendResult.Appended>(result));
        Assert.Equal(30, (await Store.FindSessionAsync(new SessionId("ses_a"), Stop))!.Sequence.Value);
    }

    [Fact]
    public async Task A_failing_append_does_not_take_others_of_its_batch_with_it()
    {
        await Store.MustAppendAsync(Make.Append("ses_taken", 0) with { Effects = [Make.Effect("ses_taken", "taken")] });
        var appends = Enumerable.Range(0, 40).Select(n => n % 4 == 1
            ? Store.AppendAsync(Make.Append($"ses_{n}", 0, 3) with { Effects = [Make.Effect($"ses_{n}", "taken")] }, Stop)
            : n % 4 == 2
                ? Store.AppendAsync(Make.Append($"ses_{n}", 0) with { Sandboxes = [Make.Sandbox($"sbx_{n}", "ses_nobody")] }, Stop)
                : Store.AppendAsync(Make.Append($"ses_{n}", 0) with { Effects = [Make.Effect($"ses_{n}", $"e{n}")] }, Stop)).ToArray();

        for (int n = 0; n < appends.Length; n++)
        {
            if (n % 4 is 1 or 2)
                await Assert.ThrowsAsync<StoreRejectedException>(() => appends[n]);
            else
                Assert.IsType<AppendResult.Appended>(await appends[n]);
            Assert.Equal(n % 4 is 1 or 2, await Store.FindSessionAsync(new SessionId($"ses_{n}"), Stop) is null);
            Assert.Equal(n % 4 is 1 or 2, (await Store.ReadEventsAsync(new SessionId($"ses_{n}"), EventSequence.None, 10, Stop)).Count == 0);
        }

        Assert.Equal(21, (await Store.ListPendingEffectsAsync(0, 100, Stop)).Count);
    }

    [Fact]
    public async Task A_used_key_answers_what_it_made_and_applies_nothing()
    {
        var key = Make.Key("k1");
        await Store.MustAppendAsync(Make.Append("ses_a", 0) with { Idempotency = key });

        var again = Make.Append("ses_b", 0) with { Idempotency = key with { Fingerprint = "other", Answer = "ses_b" }, Effects = [Make.Effect("ses_b", "e1")] };
        Assert.Equal(new AppendResult.KeyUsed(key), await Store.AppendAsync(again, Stop));
        Assert.Null(await Store.FindSessionAsync(new SessionId("ses_b"), Stop));
        Assert.Empty(await Store.ListPendingEffectsAsync(0, 10, Stop));
        Assert.Equal(key, await Store.FindIdempotencyAsync("sessions", "k1", Stop));
        Assert.Null(await Store.FindIdempotencyAsync("ses_a", "k1", Stop));

        // The key counts before the sequence: S4.
        Assert.IsType<AppendResult.KeyUsed>(await Store.AppendAsync(Make.Append("ses_a", 17) with { Idempotency = key }, Stop));
    }

    [Fact]
    public async Task A_key_is_used_once_by_racing_appends()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(n =>
            Store.AppendAsync(Make.Append($"ses_{n}", 0) with { Idempotency = Make.Key("k", answer: $"ses_{n}") }, Stop)));
        Assert.Single(results.OfType<AppendResult.Appended>());
        var answer = Assert.Single(results.OfType<AppendResult.KeyUsed>().Select(used => used.Existing.Answer).Distinct());
        Assert.Equal([answer], (await Store.ListSessionsAsync(new SessionFilter([], null, null, null, 100), Stop)).Select(row => row.Session.Value));
    }

    [Fact]
    public async Task Old_keys_are_forgotten()
    {
        for (int n = 0; n < 5; n++)
            await Store.MustAppendAsync(Make.Append($"ses_{n}", 0) with { Idempotency = Make.Key($"k{n}") with { At = Make.T0.AddHours(n) } });

        Assert.Equal(3, await Store.PurgeIdempotencyAsync(Make.T0.AddHours(3), Stop));
        Assert.Null(await Store.FindIdempotencyAsync("sessions", "k2", Stop));
        Assert.NotNull(await Store.FindIdempotencyAsync("sessions", "k3", Stop));
        Assert.Equal(0, await Store.PurgeIdempotencyAsync(Make.T0.AddHours(3), Stop));
    }

    [Fact]
    public async Task Old_raw_events_are_emptied_and_keep_their_place_S7()
    {
        var append = Make.Append("ses_a", 0, events: 3);
        await Store.MustAppendAsync(append with
        {
            Events = [Make.Event(1, "agent.raw"), Make.Event(2, "agent.other"), Make.Event(3, "agent.raw") with { At = Make.T0.AddHours(1) }],
        });

        Assert.Equal(1, await Store.DropRawEventsAsync(Make.T0.AddMinutes(1), Stop));
        Assert.Equal(0, await Store.DropRawEventsAsync(Make.T0.AddMinutes(1), Stop));
        var events = await Store.ReadEventsAsync(new SessionId("ses_a"), EventSequence.None, 10, Stop);
        Assert.Equal(["agent.raw_dropped", "agent.other", "agent.raw"], events.Select(e => e.Kind));
        Assert.Equal([1L, 2L, 3L], events.Select(e => e.Sequence.Value));
        Assert.Equal(("{}", Make.Event(1).At), (events[0].Data, events[0].At));
        Assert.Equal(Make.Event(3).Data, events[2].Data);
    }

    [Fact]
    public async Task Attachments_are_kept_with_what_they_came_with_and_go_with_the_session()
    {
        byte[] bytes = [0, 1, 255, 0];
        var attachment = new AttachmentRow(new AttachmentId("att_1"), new SessionId("ses_a"), "a.png", "image/png", bytes);
        await Store.MustAppendAsync(Make.Append("ses_a", 0) with { Attachments = [attachment] });
        Assert.IsType<AppendResult.Conflict>(await Store.AppendAsync(
            Make.Append("ses_a", 0) with { Attachments = [attachment with { Attachment = new AttachmentId("att_2") }] }, Stop));

        var found = await Store.FindAttachmentAsync(new SessionId("ses_a"), new AttachmentId("att_1"), Stop);
        Assert.Equal(("a.png", "image/png"), (found!.Name, found.MediaType));
        Assert.Equal(bytes, found.Data);
        Assert.Null(await Store.FindAttachmentAsync(new SessionId("ses_b"), new AttachmentId("att_1"), Stop));
        Assert.Null(await Store.FindAttachmentAsync(new SessionId("ses_a"), new AttachmentId("att_2"), Stop));
        var deleted = Make.Append("ses_a", 1);
        await Store.MustAppendAsync(deleted with { Row = deleted.Row with { Deleted = true } });
        Assert.True(await Store.PurgeSessionAsync(new SessionId("ses_a"), Stop));
        Assert.Null(await Store.FindAttachmentAsync(new SessionId("ses_a"), new AttachmentId("att_1"), Stop));
    }

    [Fact]
    public async Task Lists_filter_and_page_newest_first()
    {
        for (int n = 0; n < 6; n++)
        {
            var row = Make.Row($"ses_{n}", 1, n % 2 == 0 ? "idle" : "running") with { CreatedBy = n < 3 ? "ada" : "bob", Repository = n == 5 ? "x/y" : "owner/name", Deleted = n == 4 };
            await Store.MustAppendAsync(Make.Append($"ses_{n}", 0) with { Row = row });
        }

        async Task<string> ListAsync(SessionFilter filter)
            => string.Join(' ', (await Store.ListSessionsAsync(filter, Stop)).Select(row => row.Session.Value[4..]));
        var all = new SessionFilter([], null, null, null, 100);
        Assert.Equal("5 3 2 1 0", await ListAsync(all));
        Assert.Equal("5 3", await ListAsync(all with { Limit = 2 }));
        Assert.Equal("2 1 0", await ListAsync(all with { Before = new SessionId("ses_3") }));
        Assert.Equal("5 3 1", await ListAsync(all with { Statuses = ["running"] }));
        Assert.Equal("5 3 2 1 0", await ListAsync(all with { Statuses = ["running", "idle"] }));
        Assert.Equal("2 1 0", await ListAsync(all with { CreatedBy = "ada" }));
        Assert.Equal("5", await ListAsync(all with { Repository = "x/y", CreatedBy = "bob" }));
    }

    [Fact]
    public async Task Ids_sort_by_their_bytes()
    {
        foreach (string id in new[] { "ses_a", "ses_B", "ses_b", "ses_A", "ses_1", "ses_é" })
            await Store.MustAppendAsync(Make.Append(id, 0));
        Assert.Equal(
            ["ses_é", "ses_b", "ses_a", "ses_B", "ses_A", "ses_1"],
            (await Store.ListSessionsAsync(new SessionFilter([], null, null, null, 100), Stop)).Select(row => row.Session.Value));
    }

    [Fact]
    public async Task Due_sessions_come_most_overdue_first()
    {
        Assert.Null(await Store.FindNextWakeAsync(Stop));
        for (int n = 0; n < 4; n++)
            await Store.MustAppendAsync(Make.Append($"ses_{n}", 0) with { Row = Make.Row($"ses_{n}", 1) with { WakeAt = n == 3 ? null : Make.T0.AddMinutes(10 - n) } });

        Assert.Equal(Make.T0.AddMinutes(8), await Store.FindNextWakeAsync(Stop));
        Assert.Equal(["ses_2", "ses_1"], (await Store.ListDueSessionsAsync(Make.T0.AddMinutes(9), 10, Stop)).Select(id => id.Value));
        Assert.Equal(["ses_2"], (await Store.ListDueSessionsAsync(Make.T0.AddMinutes(9), 1, Stop)).Select(id => id.Value));
        Assert.Empty(await Store.ListDueSessionsAsync(Make.T0, 10, Stop));
    }

    [Fact]
    public async Task Sessions_with_a_live_agent_are_found_by_host()
    {
        foreach (var (id, host) in new[] { ("ses_a", "hst_1"), ("ses_b", "hst_2"), ("ses_c", "hst_1") })
            await Store.MustAppendAsync(Make.Append(id, 0) with { Row = Make.Row(id, 1) with { LiveHost = new HostId(host) } });
        await Store.MustAppendAsync(Make.Append("ses_c", 1));
        Assert.Equal([new SessionId("ses_a")], await Store.ListSessionsWithLiveAgentAsync(new HostId("hst_1"), Stop));
    }

    [Fact]
    public async Task Effects_keep_the_order_of_their_cause()
    {
        var first = await Store.MustAppendAsync(Make.Append("ses_a", 0) with { Effects = [Make.Effect("ses_a", "z"), Make.Effect("ses_a", "a"), Make.Effect("ses_a", "m")] });
        var second = await Store.MustAppendAsync(Make.Append("ses_b", 0) with { Effects = [Make.Effect("ses_b", "b")] });

        var pending = await Store.ListPendingEffectsAsync(0, 10, Stop);
        Assert.Equal([.. first, .. second], pending);
        Assert.Equal(["z", "a", "m", "b"], pending.Select(entry => entry.Effect.Value));
        Assert.Equal(pending.Select(entry => entry.Ordinal).Order(), pending.Select(entry => entry.Ordinal));
        Assert.All(pending, entry => Assert.True(entry.Ordinal > 0));
        Assert.Equal(["m", "b"], (await Store.ListPendingEffectsAsync(pending[1].Ordinal, 10, Stop)).Select(entry => entry.Effect.Value));
        Assert.Single(await Store.ListPendingEffectsAsync(0, 1, Stop));
    }

    [Fact]
    public async Task Effects_are_completed_by_call_and_by_append()
    {
        await Store.MustAppendAsync(Make.Append("ses_a", 0) with { Effects = [Make.Effect("ses_a", "e1"), Make.Effect("ses_a", "e2"), Make.Effect("ses_a", "e3")] });
        await Store.CompleteEffectsAsync([new EffectId("e1"), new EffectId("unknown")], Stop);
        await Store.MustAppendAsync(Make.Append("ses_a", 1, events: 0) with { CompletedEffects = [new EffectId("e2"), new EffectId("unknown")] });
        Assert.Equal(["e3"], (await Store.ListPendingEffectsAsync(0, 10, Stop)).Select(entry => entry.Effect.Value));
        await Store.CompleteEffectsAsync([], Stop);
        await Store.CompleteEffectsAsync([new EffectId("e1"), new EffectId("e1")], Stop);
    }

    [Fact]
    public async Task A_conflicting_append_completes_no_effects()
    {
        await Store.MustAppendAsync(Make.Append("ses_a", 0) with { Effects = [Make.Effect("ses_a", "e1")] });
        Assert.IsType<AppendResult.Conflict>(await Store.AppendAsync(Make.Append("ses_a", 0) with { CompletedEffects = [new EffectId("e1")] }, Stop));
        Assert.Single(await Store.ListPendingEffectsAsync(0, 10, Stop));
    }

    [Fact]
    public async Task Effects_are_rescheduled_given_up_and_retried()
    {
        var entry = Assert.Single(await Store.MustAppendAsync(Make.Append("ses_a", 0) with { Effects = [Make.Effect("ses_a", "e1")] }));
        await Store.RescheduleEffectAsync(entry.Effect, 3, Make.T0.AddMinutes(1), "no\0 way", Stop);
        var rescheduled = entry with { Attempts = 3, DueAt = Make.T0.AddMinutes(1) };
        Assert.Equal([rescheduled], await Store.ListPendingEffectsAsync(0, 10, Stop));
        Assert.Null(await Store.RetryDeadEffectAsync(entry.Effect, Make.T0, Stop));
        Assert.Empty(await Store.ListDeadEffectsAsync(10, Stop));

        await Store.DeadLetterEffectAsync(entry.Effect, 4, Make.T0.AddHours(1), "gone", Stop);
        Assert.Empty(await Store.ListPendingEffectsAsync(0, 10, Stop));
        Assert.Equal([new DeadEffect(rescheduled with { Attempts = 4 }, "gone", Make.T0.AddHours(1))], await Store.ListDeadEffectsAsync(10, Stop));
        // A late reschedule does not bring it back.
        await Store.RescheduleEffectAsync(entry.Effect, 1, Make.T0, "late", Stop);
        Assert.Equal("gone", Assert.Single(await Store.ListDeadEffectsAsync(10, Stop)).Error);

        var retried = entry with { DueAt = Make.T0.AddHours(2) };
        Assert.Equal(retried, await Store.RetryDeadEffectAsync(entry.Effect, Make.T0.AddHours(2), Stop));
        Assert.Equal([retried], await Store.ListPendingEffectsAsync(0, 10, Stop));
        Assert.Null(await Store.RetryDeadEffectAsync(new EffectId("unknown"), Make.T0, Stop));
        await Store.RescheduleEffectAsync(new EffectId("unknown"), 1, Make.T0, "x", Stop);
    }

    [Fact]
    public async Task Sandboxes_are_put_moved_and_removed()
    {
        await Store.MustAppendAsync(Make.Append("ses_a", 0) with { Sandboxes = [Make.Sandbox("sbx_1", "ses_a", state: "creating"), Make.Sandbox("sbx_2", "ses_a", "hst_2")] });
        await Store.MustAppendAsync(Make.Append("ses_a", 1) with { Sandboxes = [Make.Sandbox("sbx_1", "ses_a")] });
        Assert.Equal([Make.Sandbox("sbx_1", "ses_a")], await Store.ListSandboxesAsync(new HostId("hst_1"), Stop));
        await Store.MustAppendAsync(Make.Append("ses_a", 2) with { Sandboxes = [Make.Sandbox("sbx_1", "ses_a", state: "gone")] });
        Assert.Empty(await Store.ListSandboxesAsync(new HostId("hst_1"), Stop));
        Assert.Single(await Store.ListSandboxesAsync(new HostId("hst_2"), Stop));
    }

    [Fact]
    public async Task Only_a_session_marked_deleted_is_purged_and_then_wholly()
    {
        var session = new SessionId("ses_a");
        await Store.MustAppendAsync(Make.Append("ses_a", 0) with
        {
            Effects = [Make.Effect("ses_a", "e1")],
            Sandboxes = [Make.Sandbox("sbx_1", "ses_a")],
            Idempotency = Make.Key("k", "ses_a"),
        });
        await Store.MustAppendAsync(Make.Append("ses_b", 0) with { Effects = [Make.Effect("ses_b", "e2")], Idempotency = Make.Key("k", "ses_b") });
        Assert.False(await Store.PurgeSessionAsync(session, Stop));
        Assert.NotNull(await Store.FindSessionAsync(session, Stop));

        await Store.MustAppendAsync(Make.Append("ses_a", 1) with { Row = Make.Row("ses_a", 2) with { Deleted = true } });
        Assert.True((await Store.FindSessionAsync(session, Stop))!.Deleted);
        Assert.True(await Store.PurgeSessionAsync(session, Stop));
        Assert.False(await Store.PurgeSessionAsync(session, Stop));

        Assert.Null(await Store.FindSessionAsync(session, Stop));
        Assert.Empty(await Store.ReadEventsAsync(session, EventSequence.None, 10, Stop));
        Assert.Equal(["e2"], (await Store.ListPendingEffectsAsync(0, 10, Stop)).Select(entry => entry.Effect.Value));
        Assert.Empty(await Store.ListSandboxesAsync(new HostId("hst_1"), Stop));
        Assert.Null(await Store.FindIdempotencyAsync("ses_a", "k", Stop));
        Assert.NotNull(await Store.FindIdempotencyAsync("ses_b", "k", Stop));
    }

    [Fact]
    public async Task Large_and_foreign_text_survives()
    {
        string text = "{\"nul\":\"\\u0000\",\"quote\":\"'\\\"\",\"emoji\":\"👩‍🚀\",\"rtl\":\"שלום\",\"pad\":\"" + new string('é', 1 << 20) + "\"}";
        var row = Make.Row("ses_a", 1) with { State = text, Title = "O'Neil -- 👍; drop table sessions" };
        await Store.MustAppendAsync(Make.Append("ses_a", 0) with { Row = row, Events = [Make.Event(1) with { Data = text }] });
        Assert.Equal(row, await Store.FindSessionAsync(row.Session, Stop));
        Assert.Equal(text, Assert.Single(await Store.ReadEventsAsync(row.Session, EventSequence.None, 1, Stop)).Data);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0xD83D)]
    [InlineData(0xDE00)]
    public async Task Text_that_cannot_come_back_is_refused(int character)
    {
        string text = $"a{(char)character}b";
        await Assert.ThrowsAsync<StoreRejectedException>(() => Store.AppendAsync(Make.Append("ses_a", 0) with { Row = Make.Row("ses_a", 1) with { Title = text } }, Stop));
        await Assert.ThrowsAsync<StoreRejectedException>(() => Store.AppendAsync(Make.Append("ses_a", 0) with { Events = [Make.Event(1) with { Data = text }] }, Stop));
        Assert.Null(await Store.FindSessionAsync(new SessionId("ses_a"), Stop));
    }

    [Fact]
    public async Task Wrong_arithmetic_is_a_bug()
    {
        await Assert.ThrowsAsync<InvariantViolatedException>(() => Store.AppendAsync(Make.Append("ses_a", 0) with { Row = Make.Row("ses_a", 2) }, Stop));
        await Assert.ThrowsAsync<InvariantViolatedException>(() => Store.AppendAsync(Make.Append("ses_a", 0, events: 0), Stop));
        await Assert.ThrowsAsync<InvariantViolatedException>(() => Store.AppendAsync(Make.Append("ses_a", 0) with { Effects = [Make.Effect("ses_b", "e")] }, Stop));
    }

    [Fact]
    public async Task A_write_cancelled_in_the_queue_is_not_applied()
    {
        using var cancelled = new CancellationTokenSource();
        var before = Enumerable.Range(0, 200).Select(n => Store.AppendAsync(Make.Append($"ses_{n}", 0, 50), Stop)).ToArray();
        var task = Store.AppendAsync(Make.Append("ses_x", 0), cancelled.Token);
        await cancelled.CancelAsync();
        bool wasCancelled = await Task.WhenAny(task) is { IsCanceled: true };
        await Task.WhenAll(before);
        // Either answer is honest; the two must agree.
        Assert.Equal(wasCancelled, await Store.FindSessionAsync(new SessionId("ses_x"), Stop) is null);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.AppendAsync(Make.Append("ses_y", 0), cancelled.Token));
        Assert.Null(await Store.FindSessionAsync(new SessionId("ses_y"), Stop));
    }

    [Fact]
    public async Task A_writer_reads_its_own_write_while_others_write()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async n =>
        {
            for (int i = 0; i < 25; i++)
            {
                await Store.MustAppendAsync(Make.Append($"ses_{n}", i));
                Assert.Equal(i + 1, (await Store.FindSessionAsync(new SessionId($"ses_{n}"), Stop))!.Sequence.Value);
            }
        }));
        await Store.PingAsync(Stop);
    }
}
