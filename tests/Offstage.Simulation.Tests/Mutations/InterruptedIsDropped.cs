using Offstage.Contracts;
using Offstage.Simulation.Tests.World;
using Offstage.Sql;

namespace Offstage.Simulation.Tests.Mutations;

/// <summary>Breaks S2: a host that starts knows nothing of what the crash of the last one interrupted.</summary>
internal sealed class InterruptedIsDropped(SimulatedWorld world) : StoreDecorator(world.Store)
{
    public override Task<IReadOnlyList<SessionId>> ListSessionsWithLiveAgentAsync(HostId host, CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyList<SessionId>>([]);

    public override Task<IReadOnlyList<OutboxEntry>> ListPendingEffectsAsync(long afterOrdinal, int limit, CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyList<OutboxEntry>>([]);
}
