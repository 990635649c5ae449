using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Offstage.Agents.BuiltIn.Models;

/// <summary>
/// The way to an endpoint, for all SDKs: a refusal becomes a <see cref="ModelException"/> before an SDK sees it, with what it says of
/// waiting, and an answer is bounded.
/// </summary>
internal sealed class ModelHttp(TimeProvider timeProvider, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int ErrorBytesMax = 64 * 1024;
    private const long AnswerBytesMax = 64 * 1024 * 1024;

    public static HttpClient CreateClient(TimeProvider timeProvider)
    {
        // No redirects: they would take the key along.
        var sockets = new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(30), PooledConnectionLifetime = TimeSpan.FromMinutes(10) };
        return new HttpClient(new ModelHttp(timeProvider, sockets)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            var bounded = new StreamContent(new BoundedBody(await response.Content.ReadAsStreamAsync(cancellationToken), AnswerBytesMax));
            foreach (var header in response.Content.Headers)
                bounded.Headers.TryAddWithoutValidation(header.Key, header.Value);
            response.Content = bounded;
            return response;
        }

        using (response)
        {
            string body = await ReadErrorAsync(response, cancellationToken);
            throw new ModelException(HttpFailures.Read(response.StatusCode, body, WaitOf(response.Headers)));
        }
    }

    /// <summary>In seconds, as a date, or in milliseconds as OpenAI and Anthropic tell it besides.</summary>
    private TimeSpan? WaitOf(HttpResponseHeaders headers)
    {
        if (headers.TryGetValues("retry-after-ms", out var told)
            && double.TryParse(told.FirstOrDefault(), CultureInfo.InvariantCulture, out double milliseconds) && milliseconds is >= 0 and < 1e12)
            return TimeSpan.FromMilliseconds(milliseconds);
        var wait = headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - timeProvider.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private static async Task<string> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            byte[] buffer = new byte[ErrorBytesMax];
            int count = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            return Encoding.UTF8.GetString(buffer, 0, count);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException)
        {
            return "";
        }
    }
}
