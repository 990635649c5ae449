using Microsoft.Extensions.Logging;

namespace Offstage.Delivery.InProcess;

/// <summary>Repeats what must reach the store in the end. The outbox is the truth meanwhile, so waiting loses nothing.</summary>
internal sealed class StoreRetry(Backoff backoff, TimeProvider timeProvider, Random random, ILogger logger)
{
    /// <exception cref="OperationCanceledException">The engine stops.</exception>
    public async Task UntilDoneAsync(string action, Func<CancellationToken, Task> attempt, CancellationToken stopping)
    {
        for (int failures = 1; ; failures++)
        {
            try
            {
                await attempt(stopping);
                return;
            }
            catch (Exception exception) when (!stopping.IsCancellationRequested)
            {
                var wait = backoff.After(failures, random);
                logger.StoreFailed(action, failures, wait.TotalMilliseconds, exception);
                await Task.Delay(wait, timeProvider, stopping);
            }
        }
    }
}
