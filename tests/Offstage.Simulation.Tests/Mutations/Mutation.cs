using Offstage.Sessions.Lifecycle;
using Offstage.Simulation.Tests.World;
using Offstage.Sql;

namespace Offstage.Simulation.Tests.Mutations;

/// <summary>A way of being wrong that the simulation must notice.</summary>
/// <param name="Number">The invariant it breaks.</param>
/// <param name="Store">What a host sees instead of the store; made anew for each host.</param>
/// <param name="Decide">What a host decides by instead of the rules.</param>
internal sealed record Mutation(
    string Number,
    Func<SimulatedWorld, ISessionStore>? Store = null,
    Func<SessionState?, SessionCommand, DecisionContext, Decision>? Decide = null);
