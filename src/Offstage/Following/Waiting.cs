namespace Offstage.Following;

/// <summary>Waiting for a token as for a task.</summary>
internal static class Waiting
{
    /// <returns>Completes when the token is cancelled; never fails.</returns>
    public static Task WhenCancelled(this CancellationToken token)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        token.Register(() => told.TrySetResult());
        return told.Task;
    }
}
