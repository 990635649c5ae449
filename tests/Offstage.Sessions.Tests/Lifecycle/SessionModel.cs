using System.Text.Json;
using Offstage.Agents;
using Offstage.Contracts;
using Offstage.Sessions.EventLog;
using Offstage.Sessions.Lifecycle;

namespace Offstage.Sessions.Tests.Lifecycle;

/// <summary>One session in memory: decisions are applied as the log would apply them, and checked after each.</summary>
internal sealed class SessionModel
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly IdSource ids;

    public SessionModel(int seed = 1)
    {
        Ids = ids = new IdSource(new FixedClock(() => Now), new Random(seed));
        Session = ids.NewSession();
    }

    public IdSource Ids { get; }

    public SessionId Session { get; }

    public DateTimeOffset Now { get; set; } = Start;

    public SessionState? State { get; private set; }

    public List<(DateTimeOffset At, SessionEventBody Body)> Log { get; } = [];

    public List<PlannedEffect> Effects { get; } = [];

    public static Person Ann { get; } = new("Ann", "ann@example.org");

    public static SessionSetup Setup(HostId host) => new(
        host,
        new Workspace.Repository("/srv/repo", IsUrl: false, Ref: null, "offstage/x"),
        "script", Model: null, Effort: null, AgentMode.Auto,
        new SandboxSetup(SandboxIsolation.Process, SandboxNetwork.None, 1 << 30, 100),
        SessionLimits.Default with { QueueMax = 3 },
        Ann);

    public static SessionModel Created(Func<SessionSetup, SessionSetup>? change = null, int seed = 1)
    {
        var model = new SessionModel(seed);
        var setup = Setup(model.ids.NewHost());
        model.Do(new SessionCommand.Create(change?.Invoke(setup) ?? setup, null, null));
        return model;
    }

    public PromptId Ask(string text = "do it", string? agent = null, string? model = null, AgentMode? mode = null)
    {
        var prompt = ids.NewPrompt();
        Do(new SessionCommand.Ask(new NewPrompt(prompt, text, model, null, Ann, agent, mode)));
        return prompt;
    }

    /// <summary>Brings the waiting turn to a confirmed one.</summary>
    public TurnId Run(bool resumed = false)
    {
        if (State!.Agent is AgentHold.Starting { Of: var starting })
        {
            Do(new SessionCommand.ReportSandboxReady(State.Sandbox.Sandbox!.Value, "/w", "base"));
            Do(new SessionCommand.ReportAgentStarted(starting, new ResumeCursor("any", $"c{starting}"), resumed, "b"));
        }

        var turn = State!.Status.ActiveTurn!.Turn;
        var generation = State.Agent.Generation!.Value;
        Do(new SessionCommand.BeginHandover(turn, generation));
        Do(new SessionCommand.ReportTurnConfirmed(turn, generation));
        return turn;
    }

    public Rejection? Says(params AgentEvent[] events)
        => Try(new SessionCommand.ReportAgent(
            State!.LastGeneration, State.Status.ActiveTurn?.Turn, [.. events.Select(e => new AgentReportEntry(e, e is AgentEvent.RequestOpened ? ids.NewRequest() : null))]));

    public void Do(SessionCommand command) => Assert.Null(Try(command));

    public Rejection? Try(SessionCommand command)
    {
        var before = State;
        var context = new DecisionContext(Session, Now, ids.NewSandbox());
        switch (SessionDecider.Decide(State, command, context))
        {
            case Decision.Rejected rejected:
                return rejected.Reason;
            case Decision.Accepted accepted:
                State = accepted.Next;
                Log.AddRange(accepted.Events.Select(e => (Now, e)));
                Effects.AddRange(accepted.Effects);
                Check(before, accepted);
                return null;
            default:
                throw new InvalidOperationException();
        }
    }

    public IEnumerable<T> Events<T>()
        where T : SessionEventBody => Log.Select(e => e.Body).OfType<T>();

    public string Replayed()
    {
        SessionState? state = null;
        foreach (var (at, body) in Log)
            state = SessionEvolver.Evolve(state, Session, at, body);
        return Write(state!);
    }

    public static string Write(SessionState state) => JsonSerializer.Serialize(state, SessionJson.Default.SessionState);

    private static void Check(SessionState? before, Decision.Accepted accepted)
    {
        var s = accepted.Next;
        Assert.Equal((before?.Sequence.Value ?? 0) + accepted.Events.Count, s.Sequence.Value);
        Assert.True(accepted.Events.Count > 0 || accepted.Effects.Count == 0, "D1: an effect without a cause");
        bool works = s.Status is SessionStatus.Provisioning or SessionStatus.Running or SessionStatus.AwaitingInput or SessionStatus.Stopping;
        Assert.Equal(works, s.Status.ActiveTurn is not null);
        Assert.True(!works || s.WakeAt is not null, $"S5: {s.Status.Name} without a deadline");
        if (s.Status is SessionStatus.Running or SessionStatus.AwaitingInput or SessionStatus.Stopping)
            Assert.True(s.Agent is AgentHold.Live, $"S2: {s.Status.Name} without an agent");
        if (s.Status is SessionStatus.Provisioning { BackingOff: false })
            Assert.True(s.Agent is AgentHold.Starting, "S2: provisioning and nothing is being started");
        if (s.Status is SessionStatus.Created or SessionStatus.Idle && s.Reverting is null)
            Assert.Empty(s.Queue);
        if (s.Agent is not AgentHold.None)
            Assert.NotNull(s.Sandbox.Sandbox);
        Assert.NotEmpty(Explanation.Of(s).Why);
    }

    private sealed class FixedClock(Func<DateTimeOffset> now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now();
    }
}
