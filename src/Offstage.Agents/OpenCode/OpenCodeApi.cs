using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Offstage.Agents.OpenCode;

/// <summary>Calls to the server in the sandbox. Each is bounded in time and in what it may answer.</summary>
/// <remarks>A call that gets no answer throws <see cref="HttpRequestException"/>, whatever the reason; one that was cancelled,
/// <see cref="OperationCanceledException"/>.</remarks>
internal sealed class OpenCodeApi : IDisposable
{
    public const int BytesMax = 16 * 1024 * 1024;

    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(30);

    private readonly HttpClient client;
    private readonly TimeProvider timeProvider;

    public OpenCodeApi(int port, string password, Func<int, CancellationToken, ValueTask<Stream>> connect, TimeProvider timeProvider)
    {
        this.timeProvider = timeProvider;
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = (_, cancellationToken) => connect(port, cancellationToken),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
        };
        client = new HttpClient(handler)
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}"),
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = BytesMax,
        };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{OpenCodeCommandLine.UserName}:{password}")));
    }

    public Task<OpenCodeAnswer> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, cancellationToken);

    public Task<OpenCodeAnswer> PostAsync(string path, JsonObject body, CancellationToken cancellationToken)
        => SendAsync(HttpMethod.Post, path, body, cancellationToken);

    /// <summary>The stream of events, from here on.</summary>
    public async Task<Stream> OpenEventsAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(CallLimit, timeProvider);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/event");
        return await TranslateAsync(
            async () =>
            {
                var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token);
                response.EnsureSuccessStatusCode();

                // The stream owns the connection; the response holds nothing else.
                return await response.Content.ReadAsStreamAsync(stop.Token);
            },
            "/event", cancellationToken);
    }

    public void Dispose() => client.Dispose();

    private async Task<OpenCodeAnswer> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(CallLimit, timeProvider);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        return await TranslateAsync(
            async () =>
            {
                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseContentRead, stop.Token);
                var bytes = await response.Content.ReadAsByteArrayAsync(stop.Token);
                return new OpenCodeAnswer(response.StatusCode, Parse(bytes));
            },
            path, cancellationToken);
    }

    private static async Task<T> TranslateAsync<T>(Func<Task<T>> call, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await call();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"OpenCode did not answer {path} within {CallLimit.TotalSeconds} s.");
        }
        catch (Exception broken) when (broken is IOException or SocketException or JsonException or ObjectDisposedException)
        {
            throw new HttpRequestException($"{path}: {broken.Message}", broken);
        }
    }

    private static JsonElement Parse(byte[] bytes) => bytes.Length == 0 ? default : JsonElement.Parse(bytes);
}

/// <param name="Body">Undefined when there is none.</param>
internal readonly record struct OpenCodeAnswer(HttpStatusCode Status, JsonElement Body)
{
    public bool IsOk => (int)Status is >= 200 and < 300;

    public bool IsNotFound => Status == HttpStatusCode.NotFound;
}
