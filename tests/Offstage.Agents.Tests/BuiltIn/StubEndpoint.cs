using System.Net;
using Offstage.Agents.BuiltIn;
using Offstage.Agents.BuiltIn.Models;

namespace Offstage.Agents.Tests.BuiltIn;

/// <summary>An endpoint below the real SDKs: answers request by request, the last answer again and again.</summary>
internal sealed class StubEndpoint(params Func<HttpResponseMessage>[] answers) : HttpMessageHandler
{
    private readonly List<string> bodies = [];
    private readonly List<HttpRequestMessage> requests = [];

    public IReadOnlyList<string> Bodies => bodies;

    public IReadOnlyList<HttpRequestMessage> Requests => requests;

    public IModelClient Connect(BuiltInWire wire, TimeProvider clock, string? key = "key")
    {
        var http = new HttpClient(new ModelHttp(clock, this)) { Timeout = Timeout.InfiniteTimeSpan };
        return wire switch
        {
            BuiltInWire.Messages => new MessagesClient("http://model.test", key, http),
            BuiltInWire.ChatCompletions => new ChatCompletionsClient("http://model.test/v1", key, http),
            _ => new ResponsesApiClient("http://model.test/v1", key, http),
        };
    }

    public static HttpResponseMessage Refuse(int status, string body = "{}", string? retryAfter = null, string header = "Retry-After")
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body) };
        if (retryAfter is not null)
            response.Headers.TryAddWithoutValidation(header, retryAfter);
        return response;
    }

    /// <param name="events">JSON each.</param>
    public static HttpResponseMessage Stream(params string[] events) => new(HttpStatusCode.OK)
    {
        Content = new StringContent(string.Concat(events.Select(one => $"data: {one}\n\n")), System.Text.Encoding.UTF8, "text/event-stream"),
    };

    /// <summary>A whole answer in the words of the API.</summary>
    public static HttpResponseMessage Say(BuiltInWire wire, string text) => wire switch
    {
        BuiltInWire.Messages => Stream(
            """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""",
            $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{{{text}}}"}}""",
            """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}"""),
        BuiltInWire.ChatCompletions => Stream($$$"""{"choices":[{"delta":{"content":"{{{text}}}"},"finish_reason":"stop"}]}""", "[DONE]"),
        _ => Stream($$"""{"type":"response.output_text.delta","delta":"{{text}}"}""", """{"type":"response.completed","response":{}}"""),
    };

    /// <summary>An answer that stops in its middle.</summary>
    public static HttpResponseMessage BreakOff(BuiltInWire wire) => wire switch
    {
        BuiltInWire.Messages => Stream("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"half"}}"""),
        BuiltInWire.ChatCompletions => Stream("""{"choices":[{"delta":{"content":"half"}}]}"""),
        _ => Stream("""{"type":"response.output_text.delta","delta":"half"}"""),
    };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        bodies.Add(await request.Content!.ReadAsStringAsync(cancellationToken));
        requests.Add(request);
        return answers[Math.Min(requests.Count, answers.Length) - 1]();
    }
}
