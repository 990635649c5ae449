using Offstage.Agents;
using Offstage.Contracts;
using Offstage.Sessions.Lifecycle;
using static Offstage.Contracts.SessionEventBody;

namespace Offstage.Sessions.Tests.Lifecycle;

/// <summary>What holds for every sequence of commands, in whatever order they come. A failure names its seed.</summary>
public sealed class LifecycleProperties
{
    private const int Seeds = 2000;
    private const int Steps = 60;

    [Fact]
    public void Replaying_the_log_gives_the_live_state_and_no_command_breaks_an_invariant()
    {
        for (int seed = 1; seed <= Seeds; seed++)
        {
            try
            {
                var m = RunAtRandom(seed);
                Assert.Equal(m.Replayed(), SessionModel.Write(m.State!));
                CheckLog(m);
            }
            catch (Exception e)
            {
                throw new Xunit.Sdk.XunitException($"seed {seed}: {e.Message}", e);
            }
        }
    }

    private static SessionModel RunAtRandom(int seed)
    {
        var random = new Random(seed);
        var m = SessionModel.Created(
            s => s with { Limits = s.Limits with { OnAgentLost = random.Next(2) == 0 ? AgentLostPolicy.End : AgentLostPolicy.Continue } }, seed);
        for (int step = 0; step < Steps; step++)
        {
            m.Now += TimeSpan.FromMilliseconds(random.Next(10_000));
            if (random.Next(12) == 0 && m.State!.WakeAt is { } wake && wake > m.Now)
                m.Now = wake;
            m.Try(Next(m, random));
        }

        return m;
    }

    private static SessionCommand Next(SessionModel m, Random random)
    {
        var s = m.State!;
        var generation = random.Next(8) == 0 ? new AgentGeneration(random.Next(5)) : s.LastGeneration;
        var turn = s.Status.ActiveTurn?.Turn ?? m.Ids.NewTurn();
        var sandbox = s.Sandbox.Sandbox ?? s.ReleasedSandboxes.FirstOrDefault(m.Ids.NewSandbox());
        return random.Next(33) switch
        {
            0 or 1 => new SessionCommand.Ask(new NewPrompt(m.Ids.NewPrompt(), "p", null, null, SessionModel.Ann)),
            2 => new SessionCommand.Ask(new NewPrompt(m.Ids.NewPrompt(), "p", null, null, SessionModel.Ann, random.Next(2) == 0 ? "other" : "script", AgentMode.Plan)),
            3 => new SessionCommand.Withdraw(s.Queue.Count > 0 ? s.Queue[random.Next(s.Queue.Count)].Prompt : m.Ids.NewPrompt()),
            4 => new SessionCommand.Interrupt(),
            5 => new SessionCommand.Retry(m.Ids.NewPrompt()),
            6 when random.Next(4) == 0 => new SessionCommand.Archive(),
            7 => new SessionCommand.Unarchive(),
            8 when random.Next(20) == 0 => new SessionCommand.Delete(),
            9 => new SessionCommand.Revert(new CheckpointNumber(random.Next(3)), CheckpointNumber.Baseline, SessionModel.Ann),
            10 or 11 => new SessionCommand.ReportSandboxReady(sandbox, "/w", "b"),
            12 or 13 or 14 => new SessionCommand.ReportAgentStarted(generation, new ResumeCursor("script", "c"), random.Next(2) == 0, "b"),
            15 => new SessionCommand.ReportCursorRejected(generation, "no"),
            16 => new SessionCommand.ReportProvisionFailed(generation, new Failure("x", "y"), random.Next(3) > 0),
            17 or 18 => new SessionCommand.BeginHandover(turn, generation),
            19 or 20 => new SessionCommand.ReportTurnConfirmed(turn, generation),
            21 => new SessionCommand.ReportTurnRefused(turn, generation, new Failure("agent_refused", "no")),
            22 => new SessionCommand.ReportCheckpoint(null, new CheckpointResult.Captured(s.LastCheckpointNumber, "c", 1, 1, 1), null),
            23 => s.Reverting is { } r ? new SessionCommand.ReportReverted(r.To, new CheckpointResult.Unchanged(), random.Next(2) == 0) : new SessionCommand.ReportSandboxDestroyed(sandbox),
            24 => new SessionCommand.ReportAgentLost(random.Next(2) == 0 ? null : generation),
            25 when m.Effects.Count > 0 => GiveUp(m, random),
            26 => new SessionCommand.Wake(),
            27 => new SessionCommand.Steer(new NewPrompt(m.Ids.NewPrompt(), "s", null, null, SessionModel.Ann)),
            28 when s.Steers.Count > 0 => random.Next(3) == 0
                ? new SessionCommand.BeginSteer(s.Steers[0].Prompt)
                : new SessionCommand.ReportSteered(s.Steers[0].Prompt, random.Next(3) switch { 0 => true, 1 => false, _ => null }),
            29 => new SessionCommand.ChangeLimits(s.Limits with { MaxTokens = random.Next(3) == 0 ? 50 : null, MaxTurns = random.Next(5) == 0 ? 3 : null }),
            30 => new SessionCommand.ReportAgentUnfit(generation, "model_changed"),
            31 when s.Status is SessionStatus.AwaitingInput a => new SessionCommand.Answer(
                a.Requests[0].Request, random.Next(2) == 0 ? new RequestAnswer.Cancel() : new RequestAnswer.Approve(), SessionModel.Ann),
            _ => new SessionCommand.ReportAgent(generation, random.Next(3) == 0 ? null : turn, Says(m, random)),
        };
    }

    private static SessionCommand.ReportEffectGivenUp GiveUp(SessionModel m, Random random)
    {
        var effect = m.Effects[random.Next(m.Effects.Count)];
        return new SessionCommand.ReportEffectGivenUp(effect.Effect, effect.What, "given up");
    }

    private static AgentReportEntry[] Says(SessionModel m, Random random)
        => [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(13) switch
        {
            0 => new AgentReportEntry(new AgentEvent.TurnEnded((AgentTurnOutcome)random.Next(3), "e"), null),
            1 => new AgentReportEntry(new AgentEvent.Reported((AgentReport)random.Next(5), "r"), null),
            2 => new AgentReportEntry(new AgentEvent.RequestOpened("k" + random.Next(30), null, new RequestBody.ApproveCommand("c", null, null)), m.Ids.NewRequest()),
            3 => new AgentReportEntry(new AgentEvent.RequestClosed("k" + random.Next(30)), null),
            4 => new AgentReportEntry(new AgentEvent.Exited(random.Next(3) == 0 ? 143 : 1, "", random.Next(2) == 0 ? "garbage" : null), null),
            5 => new AgentReportEntry(new AgentEvent.CursorRejected("no"), null),
            6 => new AgentReportEntry(new AgentEvent.CursorChanged(new ResumeCursor("script", "n" + random.Next(5))), null),
            7 => new AgentReportEntry(new AgentEvent.Notice(NoticeLevel.Info, "n"), null),
            8 => new AgentReportEntry(new AgentEvent.TurnStarted(), null),
            9 => new AgentReportEntry(new AgentEvent.UsageReported(new TokenUsage(random.Next(60), null, random.Next(10), null, null, null, null)), null),
            10 => new AgentReportEntry(new AgentEvent.ItemCompleted(new Item("p", ItemStatus.Completed, new ItemBody.ProposedPlan("p"))), null),
            _ => new AgentReportEntry(new AgentEvent.ItemCompleted(new Item("i", ItemStatus.Completed, new ItemBody.Message("m"))), null),
        })];

    private static void CheckLog(SessionModel m)
    {
        var created = m.Events<TurnCreated>().ToList();
        Assert.Equal(created.Count, created.Select(e => e.Turn).Distinct().Count());
        Assert.Equal(created.Count, created.Select(e => e.Prompt).Distinct().Count());
        var ended = m.Events<TurnEnded>().Select(e => e.Turn).ToList();
        Assert.Equal(ended.Count, ended.Distinct().Count());
        int active = m.State!.Status.ActiveTurn is null ? 0 : 1;
        Assert.Equal(created.Count, ended.Count + active);

        var withdrawn = m.Events<PromptWithdrawn>().Select(e => e.Prompt);
        var accountedFor = created.Select(e => e.Prompt).Concat(withdrawn).Concat(m.State.Queue.Select(p => p.Prompt));
        Assert.Equal(m.Events<PromptQueued>().Select(e => e.Prompt).Order(Comparer), accountedFor.Order(Comparer));
        Assert.Equal(m.Effects.Count, m.Effects.Select(e => e.Effect).Distinct().Count());
        foreach (var sent in m.Events<TurnSent>().GroupBy(e => e.Turn))
            Assert.True(sent.Count() <= 1 || m.Events<TurnContinued>().Any(c => c.Turn == sent.Key) || m.Events<CursorForgotten>().Any(), $"S4: {sent.Key} sent {sent.Count()} times");
    }

    private static readonly Comparer<PromptId> Comparer = Comparer<PromptId>.Create((a, b) => string.CompareOrdinal(a.Value, b.Value));
}
