namespace Offstage.Agents.BuiltIn.Models;

/// <summary>Calls of an SDK, with all its ways to fail told as <see cref="ModelException"/>.</summary>
internal static class ModelCalls
{
    public static async Task<T> SendAsync<T>(Func<Task<T>> send, CancellationToken cancellationToken)
    {
        try
        {
            return await send();
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            for (Exception? cause = failure; cause is not null; cause = cause.InnerException)
            {
                if (cause is ModelException told)
                    throw new ModelException(told.Failure, failure);
            }

            throw new ModelException(
                new ModelFailure.Passing("model_unavailable", $"The model's endpoint cannot be reached: {failure.GetBaseException().Message}"), failure);
        }
    }
}
