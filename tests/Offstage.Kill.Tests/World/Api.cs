using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Offstage.Kill.Tests.World;

/// <param name="Body">Undefined when there was none.</param>
internal sealed record ApiAnswer(int Status, JsonElement Body)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    public string? Code => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("code", out var code) ? code.GetString() : null;
}

/// <summary>A client that outlives the server: what gets no answer, it asks again of the server's next life.</summary>
internal sealed class Api : IDisposable
{
    private static readonly TimeSpan AnswerBound = TimeSpan.FromSeconds(20);

    private readonly KillWorld world;
    private readonly HttpClient http = new(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private long lost;

    public Api(KillWorld world) => this.world = world;

    /// <summary>Answers that never came.</summary>
    public long Lost => Interlocked.Read(ref lost);

    /// <summary>Asks until there is an answer. Only for what may be asked twice: reads, and what has a key.</summary>
    public async Task<ApiAnswer> SendAsync(HttpMethod method, string path, object? body, string? key, CancellationToken cancellationToken)
    {
        while (true)
        {
            var url = await world.UrlAsync(cancellationToken);
            try
            {
                var answer = await SendOnceAsync(new Uri(url, path), method, body, key, cancellationToken);
                if (answer.Status != 503)
                    return answer;
            }
            catch (Exception e) when (IsLost(e) && !cancellationToken.IsCancellationRequested)
            {
                Interlocked.Increment(ref lost);
            }

            // The server may be dying, or its database; what tells us is its next life.
            await Task.Delay(50, cancellationToken);
        }
    }

    public Task<ApiAnswer> GetAsync(string path, CancellationToken cancellationToken)
        => SendAsync(HttpMethod.Get, path, null, null, cancellationToken);

    public Task<ApiAnswer> PostAsync(string path, object? body, string? key, CancellationToken cancellationToken)
        => SendAsync(HttpMethod.Post, path, body, key, cancellationToken);

    /// <summary>The whole log of a session; null when there is no such session.</summary>
    public async Task<IReadOnlyList<JsonElement>?> ReadEventsAsync(string session, CancellationToken cancellationToken)
    {
        var all = new List<JsonElement>();
        long after = 0;
        while (true)
        {
            var answer = await GetAsync($"/v1/sessions/{session}/events?after={after}&limit=1000", cancellationToken);
            if (answer.Status == 404)
                return null;
            Assert.True(answer.IsSuccess, $"Events of {session} after {after}: {answer.Status} {answer.Body}");
            all.AddRange(answer.Body.GetProperty("events").EnumerateArray());
            if (!answer.Body.TryGetProperty("next", out var next))
                return all;
            after = next.GetInt64();
        }
    }

    /// <summary>A stream that stays open. Throws what <see cref="IsLost"/> knows when there is none to be had.</summary>
    public async Task<HttpResponseMessage> OpenStreamAsync(string path, long after, CancellationToken cancellationToken)
    {
        var url = await world.UrlAsync(cancellationToken);
        using var request = Request(HttpMethod.Get, new Uri(url, path));
        request.Headers.Accept.ParseAdd("text/event-stream");
        request.Headers.Add("Last-Event-ID", after.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    public static bool IsLost(Exception e)
        => e is HttpRequestException or IOException or OperationCanceledException or JsonException or System.Net.WebSockets.WebSocketException;

    public void Dispose() => http.Dispose();

    private async Task<ApiAnswer> SendOnceAsync(Uri url, HttpMethod method, object? body, string? key, CancellationToken cancellationToken)
    {
        using var bound = new CancellationTokenSource(AnswerBound);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        using var request = Request(method, url);
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        if (body is not null)
            request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request, stop.Token);
        byte[] bytes = await response.Content.ReadAsByteArrayAsync(stop.Token);
        return new ApiAnswer((int)response.StatusCode, bytes.Length == 0 || bytes[0] != '{' ? default : JsonSerializer.Deserialize<JsonElement>(bytes));
    }

    private HttpRequestMessage Request(HttpMethod method, Uri url)
    {
        var request = new HttpRequestMessage(method, url);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", world.Token);
        return request;
    }
}
