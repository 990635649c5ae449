using Offstage.Contracts;
using Offstage.Simulation.Tests.World;
using Offstage.Sql;

namespace Offstage.Simulation.Tests.Mutations;

/// <summary>Breaks S1: answers before it has committed, so that a session's effects go out before, or without, its row.</summary>
internal sealed class EffectsBeforeAppend(SimulatedWorld world) : StoreDecorator(world.Store)
{
    private readonly Dictionary<SessionId, SessionRow> early = [];
    private long ordinal = 1_000_000;

    public override async Task<AppendResult> AppendAsync(Append append, CancellationToken cancellationToken)
    {
        if (append.Expected != EventSequence.None)
            return await base.AppendAsync(append, cancellationToken);
        early[append.Row.Session] = append.Row;
        _ = CommitLaterAsync(append);
        return new AppendResult.Appended([.. append.Effects.Select(e => e with { Ordinal = ++ordinal })]);
    }

    public override async Task<SessionRow?> FindSessionAsync(SessionId session, CancellationToken cancellationToken)
        => early.TryGetValue(session, out var row) ? row : await base.FindSessionAsync(session, cancellationToken);

    private async Task CommitLaterAsync(Append append)
    {
        try
        {
            await Inner.AppendAsync(append, CancellationToken.None);
        }
        catch (Exception e) when (e is StoreUnavailableException or StoreOutcomeUnknownException)
        {
            // Nobody learns of it: that is the mistake.
        }

        early.Remove(append.Row.Session);
    }
}
