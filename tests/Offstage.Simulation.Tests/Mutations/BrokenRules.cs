using Offstage.Agents;
using Offstage.Contracts;
using Offstage.Sessions.Lifecycle;
using static Offstage.Contracts.SessionEventBody;

namespace Offstage.Simulation.Tests.Mutations;

/// <summary>The rules with one of them broken.</summary>
internal static class BrokenRules
{
    /// <summary>Breaks S3: an agent's word that it rests is not taken for the end of its turn.</summary>
    public static Decision KeepTurnOfRestingAgent(SessionState? state, SessionCommand command, DecisionContext context)
    {
        if (command is not SessionCommand.ReportAgent report || !report.Entries.Any(IsRest))
            return SessionDecider.Decide(state, command, context);
        AgentReportEntry[] left = [.. report.Entries.Where(entry => !IsRest(entry))];
        return left.Length == 0
            ? new Decision.Rejected(new Rejection.Stale())
            : SessionDecider.Decide(state, report with { Entries = left }, context);
    }

    /// <summary>Breaks S6: the failure is recorded, and the cursor that was rejected stays.</summary>
    public static Decision KeepRejectedCursor(SessionState? state, SessionCommand command, DecisionContext context)
    {
        var outcome = SessionDecider.Decide(state, command, context);
        if (outcome is not Decision.Accepted accepted || !accepted.Events.Any(e => e is CursorForgotten))
            return outcome;

        // Another event in its place, so that the effects keep their ids.
        SessionEventBody[] events = [.. accepted.Events.Select(e => e is CursorForgotten ? new AgentNotice(null, "info", "kept") : e)];
        var next = events.Aggregate(state, (s, e) => SessionEvolver.Evolve(s, context.Session, context.Now, e));
        return accepted with { Next = next!, Events = events };
    }

    private static bool IsRest(AgentReportEntry entry) => entry.Event is AgentEvent.Reported { Report: not AgentReport.Started };
}
