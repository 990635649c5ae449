namespace Offstage.Delivery;

/// <summary>Bounds what runs at once.</summary>
/// <remarks>A semaphore's wait with a token continues on the thread pool; without one it stays where it is awaited, which a
/// simulation on one thread needs. Whoever holds a slot sees the same token, so the wait ends soon after it.</remarks>
internal sealed class Slots(int countMax) : IDisposable
{
    private readonly SemaphoreSlim free = new(countMax, countMax);

    public async Task TakeAsync(CancellationToken cancellationToken)
    {
        await free.WaitAsync(CancellationToken.None);
        if (!cancellationToken.IsCancellationRequested)
            return;
        free.Release();
        cancellationToken.ThrowIfCancellationRequested();
    }

    public void Release() => free.Release();

    public void Dispose() => free.Dispose();
}
