using System.Globalization;
using System.Text.Json;

namespace Offstage.Agents.BuiltIn.Models;

/// <summary>Takes an answer as it comes.</summary>
internal interface IAnswerSink
{
    ValueTask TakeAsync(ModelChunk chunk);

    /// <summary>The answer will not be told whole. Another attempt gets another sink.</summary>
    ValueTask BreakOffAsync();
}

/// <summary>Asks again what may succeed later: bounded, with growing waits, and as the endpoint says when it says.</summary>
internal sealed class ModelCaller(BuiltInRetries retries, TimeProvider timeProvider, Random random)
{
    /// <param name="open">A sink for each attempt.</param>
    /// <param name="notice">Told before each wait: a sentence for the person.</param>
    /// <exception cref="ModelException">There is no answer, and there will be none.</exception>
    public async Task AskAsync(
        IModelClient client, ModelRequest request, Func<IAnswerSink> open, Func<string, ValueTask> notice, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            var sink = open();
            try
            {
                await AskOnceAsync(client, request, sink, cancellationToken);
                return;
            }
            catch (ModelException failed)
            {
                await sink.BreakOffAsync();
                if (failed.Failure is not ModelFailure.Passing passing || attempt >= retries.AttemptsMax || passing.RetryAfter > retries.RetryAfterMax)
                    throw;
                var wait = passing.RetryAfter ?? DelayAfter(attempt);
                await notice(string.Create(
                    CultureInfo.InvariantCulture, $"{passing.Message} Trying again in {wait.TotalSeconds:0.#} s, attempt {attempt + 1} of {retries.AttemptsMax}."));
                await Task.Delay(wait, timeProvider, cancellationToken);
            }
        }
    }

    private async Task AskOnceAsync(IModelClient client, ModelRequest request, IAnswerSink sink, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        await using var timer = timeProvider.CreateTimer(_ => silence.Cancel(), null, retries.SilenceMax, Timeout.InfiniteTimeSpan);
        bool ended = false;
        try
        {
            await foreach (var chunk in client.AskAsync(request, stop.Token))
            {
                // Whoever reads our events may be slow: that is not the endpoint's silence.
                timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                cancellationToken.ThrowIfCancellationRequested();
                ended |= chunk is ModelChunk.Ended;
                await sink.TakeAsync(chunk);
                timer.Change(retries.SilenceMax, Timeout.InfiniteTimeSpan);
            }
        }
        catch (OperationCanceledException) when (silence.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ModelException(new ModelFailure.Passing("model_silent", $"The model has said nothing for {retries.SilenceMax.TotalSeconds:0} s."));
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException or JsonException or ObjectDisposedException or InvalidOperationException)
        {
            throw new ModelException(new ModelFailure.Passing("model_unavailable", $"The connection to the model broke: {broken.Message}"), broken);
        }

        if (!ended)
            throw new ModelException(new ModelFailure.Passing("model_unavailable", "The model's answer broke off."));
    }

    private TimeSpan DelayAfter(int attempt)
    {
        double full = Math.Min(retries.DelayMax.TotalMilliseconds, retries.FirstDelay.TotalMilliseconds * Math.Pow(2, attempt - 1));
        return TimeSpan.FromMilliseconds(full * (0.5 + (random.NextDouble() / 2)));
    }
}
