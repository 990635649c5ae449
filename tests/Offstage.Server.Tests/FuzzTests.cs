using System.Net.Http.Headers;
using System.Text;

namespace Offstage.Server.Tests;

/// <summary>Nonsense at every address: refused with a code, never a 5xx.</summary>
public sealed class FuzzTests
{
    private const int Requests = 20_000;

    private static readonly string[] Paths =
    [
        "/v1/sessions", "/v1/sessions/{id}", "/v1/sessions/{id}/prompts", "/v1/sessions/{id}/prompts/{prompt}", "/v1/sessions/{id}/interrupt",
        "/v1/sessions/{id}/retry", "/v1/sessions/{id}/unarchive", "/v1/sessions/{id}/fork", "/v1/sessions/{id}/requests/{request}/answer",
        "/v1/sessions/{id}/events", "/v1/sessions/{id}/stream", "/v1/sessions/{id}/turns", "/v1/sessions/{id}/checkpoints",
        "/v1/sessions/{id}/diff", "/v1/sessions/{id}/revert", "/v1/sessions/{id}/plan/accept", "/v1/sessions/{id}/compare", "/v1/sessions/{id}/keep", "/v1/effects/dead", "/v1/effects/{effect}/retry", "/v1/agents", "/v1", "/",
    ];

    private static readonly string[] Values =
    [
        "null", "true", "0", "-1", "1e999", "9223372036854775808", "\"\"", "\" \"", "\"script\"", "\"\\u0000\"", "\"\\ud800\"", "\"ses_x\"", "[]", "{}", "[[[[]]]]",
        "{\"kind\":\"none\"}", "{\"kind\":\"repository\",\"path\":\"/nowhere\"}", "{\"type\":\"approve\"}", "{\"type\":\"answers\",\"byQuestion\":{\"q\":null}}",
        "{\"kind\":\"repository\",\"path\":\"../..\"}", "{\"name\":\"<\",\"email\":\"\"}", "{\"isolation\":\"none\",\"network\":\"moon\"}", "{\"queueMax\":0}", "{\"maxTokens\":-1}", "[{\"agent\":\"script\"},{}]",
    ];

    private static readonly string[] Fields =
        ["workspace", "agent", "prompt", "text", "title", "limits", "sandbox", "checkpoint", "answer", "author", "mode", "model", "turnId", "candidates", "count", "steer", "testCommand", "__proto__", "type", ""];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Twenty_thousand_malformed_requests_see_no_5xx()
    {
        await using var server = await TestServer.StartAsync();
        int seed = Environment.GetEnvironmentVariable("OFFSTAGE_FUZZ_SEED") is { Length: > 0 } given ? int.Parse(given) : Environment.TickCount & 0xffff;
        TestContext.Current.SendDiagnosticMessage($"fuzz seed {seed}");
        string session = await server.CreateAsync(null);
        const int Workers = 4;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(
            async () =>
            {
                var random = new Random(seed + worker);
                for (int i = 0; i < Requests / Workers; i++)
                {
                    using var request = Make(random, session);
                    using var bound = CancellationTokenSource.CreateLinkedTokenSource(Stop);
                    using var response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, bound.Token);
                    int status = (int)response.StatusCode;
                    Assert.True(status < 500, $"seed {seed}, worker {worker}, request {i}: {request.Method} {request.RequestUri} gave {status}");
                    if (status >= 400)
                    {
                        var problem = await TestServer.ReadAsync(response);
                        Assert.True(problem["code"] is not null, $"seed {seed}, worker {worker}, request {i}: {request.Method} {request.RequestUri} gave {status} without a code");
                    }
                }
            },
            Stop)));

        Assert.Equal("created", (string?)(await server.SessionAsync(session))["status"]);
    }

    private static HttpRequestMessage Make(Random random, string session)
    {
        string path = Pick(random, Paths)
            .Replace("{id}", random.Next(4) == 0 ? Id(random, "ses_") : session, StringComparison.Ordinal)
            .Replace("{prompt}", Id(random, "prm_"), StringComparison.Ordinal)
            .Replace("{request}", Id(random, "req_"), StringComparison.Ordinal)
            .Replace("{effect}", Id(random, "ses_"), StringComparison.Ordinal);
        if (random.Next(3) == 0)
            path += $"?{Pick(random, ["after", "limit", "cursor", "status", "from", "to", "live"])}={Uri.EscapeDataString(Pick(random, ["", "-1", "x", "99999999999999999999", "1,2", "\u0001", "idle", "0", "💥"]))}";
        var method = new HttpMethod(Pick(random, ["GET", "POST", "POST", "POST", "PATCH", "PUT", "OPTIONS"]));

        // Renaming and asking are what it may not do well by chance: a body that fits is not malformed.
        var request = new HttpRequestMessage(method, path);
        if (random.Next(6) == 0)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", Pick(random, ["", " ", "k;l", new string('k', 300), "a b"]));
        if (random.Next(6) == 0)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", Pick(random, ["", "-5", "x", "99999999999999999999"]));
        if (path.Contains("/events", StringComparison.Ordinal) && random.Next(2) == 0 && request.Headers.Contains("Last-Event-ID"))
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (method.Method is not ("GET" or "OPTIONS"))
            request.Content = Body(random);
        return request;
    }

    private static ByteArrayContent Body(Random random)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(random.Next(8) switch
        {
            0 => "",
            1 => new string('[', random.Next(100)),
            2 => Pick(random, Values),
            _ => $"{{{string.Join(',', Enumerable.Range(0, random.Next(5)).Select(_ => $"\"{Pick(random, Fields)}\":{Pick(random, Values)}"))}}}",
        });
        if (bytes.Length > 0 && random.Next(4) == 0)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        if (bytes.Length > 0 && random.Next(8) == 0)
            bytes = bytes[..random.Next(bytes.Length)];
        var content = new ByteArrayContent(bytes);
        string? type = Pick(random, ["application/json", "application/json", "application/json", "text/plain", "application/json; charset=utf-16", ""]);
        if (type.Length > 0)
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }

    private static string Id(Random random, string prefix) => random.Next(3) switch
    {
        0 => prefix + "00000000000000000000000000",
        1 => "%20%2e%2e%2f",
        _ => prefix + random.Next(),
    };

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];
}
