using Offstage.Contracts;
using static Offstage.Contracts.SessionEventBody;

namespace Offstage.Sessions.Lifecycle;

/// <summary>
/// All lifecycle rules, in one place. Pure: the same state, command and context give the same decision. A command that speaks
/// of something that is over is <see cref="Rejection.Stale"/> and changes nothing (S8).
/// </summary>
internal static class SessionDecider
{
    public static Decision Decide(SessionState? state, SessionCommand command, DecisionContext context)
    {
        var builder = new DecisionBuilder(state, context);
        Rejection? rejection = command switch
        {
            SessionCommand.Create create => Create(builder, state, create),
            _ when state is null || state.Status is SessionStatus.Deleted && !IsCleanUp(command) => new Rejection.SessionNotFound(),
            SessionCommand.Ask or SessionCommand.Steer or SessionCommand.Choose or SessionCommand.ChangeLimits or SessionCommand.Withdraw or SessionCommand.Interrupt or SessionCommand.Answer
                or SessionCommand.Rename or SessionCommand.Retry or SessionCommand.Archive or SessionCommand.Unarchive
                or SessionCommand.Delete or SessionCommand.Revert => PersonCommands.Decide(builder, command),
            SessionCommand.ReportAgent report => AgentReports.Decide(builder, report),
            SessionCommand.ReportAgentLost lost => AgentReports.DecideLost(builder, lost),
            SessionCommand.Wake => Deadlines.Decide(builder),
            _ => EffectReports.Decide(builder, command),
        };
        return rejection is null ? builder.Build() : new Decision.Rejected(rejection);
    }

    /// <summary>What a deleted session still has to hear, until it is purged.</summary>
    private static bool IsCleanUp(SessionCommand command)
        => command is SessionCommand.ReportSandboxDestroyed or SessionCommand.ReportEffectGivenUp;

    private static Rejection? Create(DecisionBuilder builder, SessionState? state, SessionCommand.Create create)
    {
        if (state is not null)
            return new Rejection.SessionExists();
        builder.Emit(new SessionCreated(create.Setup, create.Title));
        if (create.Prompt is { } prompt)
        {
            builder.Queue(prompt);
            builder.TitleFrom(prompt.Text);
            builder.Dispatch();
        }

        return null;
    }
}
