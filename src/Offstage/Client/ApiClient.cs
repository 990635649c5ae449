using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Offstage.Sessions.Api;

namespace Offstage.Client;

/// <summary>An answer of the API, read and as it came.</summary>
internal sealed record Answer<T>(T Value, string Json);

/// <summary>The API refused. Its code and its sentence.</summary>
internal sealed class ApiException(HttpStatusCode status, string code, string message, bool retryable) : CommandException(code, message)
{
    public HttpStatusCode Status { get; } = status;

    public bool Retryable { get; } = retryable;
}

/// <summary>The HTTP API, as a client sees it.</summary>
/// <param name="relocate">Where the server is now: one that was restarted may listen elsewhere. Null when nobody says.</param>
internal sealed class ApiClient(ServerAddress first, Func<ServerAddress?> relocate, TimeProvider timeProvider) : IDisposable
{
    private const int AttemptsMax = 4;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        UseProxy = !first.Url.IsLoopback,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public ServerAddress Server { get; private set; } = first;

    public TimeProvider TimeProvider { get; } = timeProvider;

    /// <summary>Looks again where the server is.</summary>
    public void Relocate() => Server = relocate() ?? Server;

    public async Task<bool> IsHealthyAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(limit, TimeProvider);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using var answer = await http.GetAsync(new Uri(Server.Url, "healthz"), over.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public Task<Answer<T>> GetAsync<T>(string path, JsonTypeInfo<T> json, CancellationToken cancellationToken)
        => SendAsync(() => Request(HttpMethod.Get, path), json, repeatable: true, cancellationToken);

    public Task<Answer<T>> PostAsync<T>(string path, JsonTypeInfo<T> json, CancellationToken cancellationToken)
        => SendAsync(() => Request(HttpMethod.Post, path), json, repeatable: false, cancellationToken);

    /// <summary>Posts a body. With a key it is safe to send again, and is, when the answer was lost.</summary>
    public Task<Answer<T>> PostAsync<TBody, T>(
        string path, TBody body, JsonTypeInfo<TBody> bodyJson, JsonTypeInfo<T> json, bool withKey, CancellationToken cancellationToken)
    {
        byte[] content = JsonSerializer.SerializeToUtf8Bytes(body, bodyJson);
        string? key = withKey ? Guid.NewGuid().ToString("N") : null;
        return SendAsync(
            () =>
            {
                var request = Request(HttpMethod.Post, path);
                request.Content = new ByteArrayContent(content) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
                if (key is not null)
                    request.Headers.Add("Idempotency-Key", key);
                return request;
            },
            json, repeatable: withKey, cancellationToken);
    }

    public Task DeleteAsync(string path, CancellationToken cancellationToken)
        => SendAsync(() => Request(HttpMethod.Delete, path), ClientJson.Default.JsonElement, repeatable: false, cancellationToken);

    /// <summary>Opens the stream of a session's events. The caller disposes the answer.</summary>
    /// <exception cref="HttpRequestException">The server is not there.</exception>
    public async Task<HttpResponseMessage> OpenEventsAsync(string session, long after, bool live, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Get, $"v1/sessions/{session}/events{(live ? "" : "?live=false")}");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        request.Headers.Add("Last-Event-ID", after.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (answer.IsSuccessStatusCode)
            return answer;
        using (answer)
            throw ProblemOf(answer, await answer.Content.ReadAsStringAsync(cancellationToken));
    }

    public void Dispose() => http.Dispose();

    private HttpRequestMessage Request(HttpMethod method, string path)
        => new(method, new Uri(Server.Url, path)) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", Server.Token) } };

    private async Task<Answer<T>> SendAsync<T>(
        Func<HttpRequestMessage> make, JsonTypeInfo<T> json, bool repeatable, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                using var request = make();
                using var answer = await http.SendAsync(request, cancellationToken);
                string text = await answer.Content.ReadAsStringAsync(cancellationToken);
                if (!answer.IsSuccessStatusCode)
                    throw ProblemOf(answer, text);
                return new Answer<T>(text.Length == 0 ? default! : JsonSerializer.Deserialize(text, json)!, text);
            }
            catch (ApiException refused) when (refused.Retryable && refused.Status == HttpStatusCode.ServiceUnavailable && attempt < AttemptsMax)
            {
                // Nothing was applied, and the cause passes.
            }
            catch (HttpRequestException) when (repeatable && attempt < AttemptsMax)
            {
                Relocate();
            }
            catch (HttpRequestException e)
            {
                throw new CommandException("server_unreachable", $"The server at {Server.Url} cannot be reached: {e.Message}");
            }

            await Task.Delay(Pause * attempt, TimeProvider, cancellationToken);
        }
    }

    private static ApiException ProblemOf(HttpResponseMessage answer, string text)
    {
        try
        {
            if (JsonSerializer.Deserialize(text, ClientJson.Default.Problem) is { Code.Length: > 0 } problem)
                return new ApiException(answer.StatusCode, problem.Code, Sentence(problem), problem.Retryable);
        }
        catch (JsonException)
        {
            // Something between us and the server answered.
        }

        return new ApiException(answer.StatusCode, "unexpected_answer", $"The server answered {(int)answer.StatusCode}, not as Offstage does.", retryable: false);
    }

    private static string Sentence(Problem problem) => problem.Code switch
    {
        "no_agent" => $"{problem.Detail} For a demonstration without any model: --agent script.",
        "unauthorized" => "The server does not take this token. OFFSTAGE_TOKEN must be what stands in the file 'token' of its home.",
        _ => problem.Detail,
    };
}
