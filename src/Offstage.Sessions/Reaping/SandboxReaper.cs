using Microsoft.Extensions.Logging;
using Offstage.Contracts;
using Offstage.Sandboxes;
using Offstage.Sessions.Effects;
using Offstage.Sql;

namespace Offstage.Sessions.Reaping;

/// <summary>
/// Destroys sandboxes that no row owns (B1). Idle ones are the sessions' own business: their deadline is a row (B2).
/// Fails closed: what cannot be listed or proved to be without an owner stays (B3).
/// </summary>
public sealed class SandboxReaper(ISessionStore store, ISandboxDriver driver, HostId host, ILogger<SandboxReaper> logger)
{
    /// <summary>What a round would destroy, without doing it.</summary>
    public async Task<IReadOnlyList<SandboxId>> FindOrphansAsync(CancellationToken cancellationToken)
    {
        // In this order: an owner row is written before its sandbox is made, so what is listed first and has no row
        // afterwards never had one, or has lost it for good.
        var present = await driver.ListAsync(cancellationToken);
        var owned = (await store.ListSandboxesAsync(host, cancellationToken)).Select(row => row.Sandbox).ToHashSet();
        return [.. present.Select(info => info.Sandbox).Where(id => !owned.Contains(id))];
    }

    /// <returns>How many were destroyed. A store or driver that fails ends the round; the next one tries again.</returns>
    public async Task<int> ReapAsync(CancellationToken cancellationToken)
    {
        int destroyed = 0;
        try
        {
            foreach (var orphan in await FindOrphansAsync(cancellationToken))
            {
                await driver.DestroyAsync(orphan, cancellationToken);
                logger.OrphanDestroyed(orphan.Value);
                destroyed++;
            }
        }
        catch (Exception e) when (e is StoreUnavailableException or SandboxException)
        {
            logger.ReapFailed(e.Message);
        }

        return destroyed;
    }
}
