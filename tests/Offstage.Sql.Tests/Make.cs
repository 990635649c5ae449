using Offstage.Contracts;

namespace Offstage.Sql.Tests;

/// <summary>Appends as the tests need them: everything filled in, little to say.</summary>
internal static class Make
{
    public static readonly DateTimeOffset T0 = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero).AddTicks(1234567);

    public static SessionRow Row(string session, long sequence, string status = "idle") => new(
        new SessionId(session), new EventSequence(sequence), status, "A title", "codex", "owner/name", "ada",
        T0, T0.AddSeconds(sequence), null, null, false, $$"""{"sequence":{{sequence}}}""");

    public static Append Append(string session, long expected, int events = 1) => new(
        Row(session, expected + events),
        new EventSequence(expected),
        [.. Enumerable.Range(1, events).Select(i => Event(expected + i))],
        [], [], [], null);

    public static NewEvent Event(long n, string kind = "turn_started")
        => new(kind, 1, T0.AddTicks(n), $$"""{"n":{{n}}}""");

    public static OutboxEntry Effect(string session, string id, string lane = "agent")
        => new(0, new EffectId(id), new SessionId(session), lane, "start_turn", """{"a":1}""", 0, T0);

    public static IdempotencyRecord Key(string key, string scope = "sessions", string answer = "ses_a")
        => new(scope, key, "sha:" + key, answer, T0);

    public static SandboxRow Sandbox(string id, string session, string host = "hst_1", string state = "ready")
        => new(new SandboxId(id), new SessionId(session), new HostId(host), "process", state, T0);

    public static async Task<IReadOnlyList<OutboxEntry>> MustAppendAsync(this ISessionStore store, Append append)
        => Assert.IsType<AppendResult.Appended>(await store.AppendAsync(append, TestContext.Current.CancellationToken)).Effects;
}
