using Microsoft.Extensions.Logging;
using Offstage.Contracts;
using Offstage.Sandboxes;
using Offstage.Sessions.Effects;
using Offstage.Sessions.EventLog;
using Offstage.Sessions.Lifecycle;
using Offstage.Sql;

namespace Offstage.Sessions.Reaping;

/// <summary>
/// Once at the start of a host, before anything else runs: whatever its last process held is gone, and every session that
/// still counts on it is told so (S2, S4, S5).
/// </summary>
/// <remarks>The caller holds the host's lock: no other process can have live agents of it.</remarks>
public sealed class HostRecovery(SessionLog log, ISessionStore store, ISandboxDriver driver, HostId host, ILogger<HostRecovery> logger)
{
    /// <returns>The sessions that had an agent.</returns>
    /// <exception cref="StoreUnavailableException">Recovery has to be run again before the host may serve.</exception>
    public async Task<IReadOnlyList<SessionId>> RunAsync(CancellationToken cancellationToken)
    {
        foreach (var sandbox in await driver.ListAsync(cancellationToken))
        {
            if (sandbox.State == SandboxState.Running)
                await driver.StopAsync(sandbox.Sandbox, cancellationToken);
        }

        var lost = await store.ListSessionsWithLiveAgentAsync(host, cancellationToken);
        foreach (var session in lost)
        {
            logger.AgentLostAtStart(session.Value);
            await log.ReportAsync(session, new SessionCommand.ReportAgentLost(null), cancellationToken);
        }

        return lost;
    }
}
