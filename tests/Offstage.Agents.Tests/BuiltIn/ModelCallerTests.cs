using System.Runtime.CompilerServices;
using Offstage.Agents.BuiltIn;
using Offstage.Agents.BuiltIn.Conversations;
using Offstage.Agents.BuiltIn.Models;

namespace Offstage.Agents.Tests.BuiltIn;

/// <summary>The real SDKs over an endpoint that fails, on a clock of the test's own.</summary>
public sealed class ModelCallerTests
{
    private static readonly BuiltInRetries Retries = new() { SilenceMax = TimeSpan.FromHours(2) };

    public static TheoryData<BuiltInWire> Wires => new(Enum.GetValues<BuiltInWire>());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task It_waits_as_long_as_the_endpoint_says_in_seconds_as_a_date_or_in_milliseconds(BuiltInWire wire)
    {
        var endpoint = new StubEndpoint(
            () => StubEndpoint.Refuse(429, retryAfter: "7"),
            () => StubEndpoint.Refuse(503, retryAfter: (JumpingClock.Now + TimeSpan.FromSeconds(90)).ToString("r")),
            () => StubEndpoint.Refuse(529, retryAfter: "1500", header: "retry-after-ms"),
            () => StubEndpoint.Refuse(429, retryAfter: (JumpingClock.Now - TimeSpan.FromSeconds(90)).ToString("r")),
            () => StubEndpoint.Say(wire, "hello"));
        var (text, clock, notices) = await AskAsync(wire, endpoint);

        Assert.Equal("hello", text);
        Assert.Equal([TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(1.5)], clock.Waits);
        Assert.Equal(4, notices.Count);
        Assert.Equal("The endpoint has had too many requests (429): {} Trying again in 7 s, attempt 2 of 6.", notices[0]);
    }

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task Without_a_word_of_it_the_waits_double_with_chance_and_end_after_the_last_attempt(BuiltInWire wire)
    {
        var endpoint = new StubEndpoint(() => StubEndpoint.Refuse(500, "<html>oops</html>"), () => throw new HttpRequestException("no route"), () => StubEndpoint.BreakOff(wire));
        var clock = new JumpingClock();
        var failed = await Assert.ThrowsAsync<ModelException>(() => AskAsync(wire, endpoint, clock));

        Assert.Equal("model_unavailable", failed.Failure.Code);
        Assert.Equal(6, endpoint.Requests.Count);
        Assert.Equal(5, clock.Waits.Count);
        foreach (var (n, wait) in clock.Waits.Index())
            Assert.InRange(wait.TotalSeconds, 0.5 * Math.Pow(2, n), Math.Pow(2, n));
        Assert.NotEqual(clock.Waits[1].TotalSeconds, 2 * clock.Waits[0].TotalSeconds);
    }

    [Theory]
    [InlineData(401, """{"error":{"message":"bad key"}}""", "model_auth_failed")]
    [InlineData(403, "", "model_auth_failed")]
    [InlineData(402, "", "model_quota_exceeded")]
    [InlineData(404, """{"error":{"type":"not_found_error","message":"model: gpt-0"}}""", "model_not_found")]
    [InlineData(400, """{"error":"bad request"}""", "model_request_invalid")]
    [InlineData(302, "", "model_redirected")]
    [InlineData(429, """{"error":{"code":"insufficient_quota","message":"pay"}}""", "model_quota_exceeded")]
    [InlineData(400, """{"error":{"message":"prompt is too long: 250000 tokens > 200000 maximum"}}""", "model_context_full")]
    [InlineData(400, """{"error":{"code":"context_length_exceeded","message":"x"}}""", "model_context_full")]
    public async Task What_would_fail_again_is_not_tried_again_and_has_a_name(int status, string body, string code)
    {
        foreach (var wire in Enum.GetValues<BuiltInWire>())
        {
            var endpoint = new StubEndpoint(() => StubEndpoint.Refuse(status, body));
            var failed = await Assert.ThrowsAsync<ModelException>(() => AskAsync(wire, endpoint));
            Assert.Equal(code, failed.Failure.Code);
            Assert.Contains($"({status})", failed.Failure.Message, StringComparison.Ordinal);
            Assert.Single(endpoint.Requests);
        }
    }

    [Fact]
    public async Task An_endpoint_that_wants_a_longer_wait_than_is_bearable_is_not_waited_for()
    {
        var endpoint = new StubEndpoint(() => StubEndpoint.Refuse(429, retryAfter: "4000"));
        var clock = new JumpingClock();
        var failed = await Assert.ThrowsAsync<ModelException>(() => AskAsync(BuiltInWire.Messages, endpoint, clock));

        Assert.Equal("model_rate_limited", failed.Failure.Code);
        Assert.Empty(clock.Waits);
    }

    [Theory]
    [InlineData(BuiltInWire.Messages, """{"type":"error","error":{"type":"overloaded_error","message":"later"}}""")]
    [InlineData(BuiltInWire.ChatCompletions, """{"error":{"code":"overloaded_error","message":"later"}}""")]
    [InlineData(BuiltInWire.Responses, """{"type":"response.failed","response":{"error":{"code":"overloaded_error","message":"later"}}}""")]
    public async Task An_error_in_the_middle_of_an_answer_is_tried_again(BuiltInWire wire, string error)
    {
        var (text, clock, notices) = await AskAsync(wire, new StubEndpoint(() => StubEndpoint.Stream(error), () => StubEndpoint.Say(wire, "now")));

        Assert.Equal("now", text);
        Assert.Single(clock.Waits);
        Assert.StartsWith("The model broke off (overloaded_error): later", notices[0], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task Garbage_in_a_stream_is_tried_again_and_never_escapes(BuiltInWire wire)
    {
        string[] garbage = ["[1,2]", "{\"type\":", "", "null", """{"type":7,"choices":{"a":1},"usage":"x"}""", """{"choices":[3],"delta":[]}"""];
        foreach (string one in garbage)
        {
            var (text, _, _) = await AskAsync(wire, new StubEndpoint(() => StubEndpoint.Stream(one), () => StubEndpoint.Say(wire, "fine")));
            Assert.Equal("fine", text);
        }
    }

    [Fact]
    public async Task An_endpoint_that_says_nothing_is_given_up_and_asked_again()
    {
        var clock = new JumpingClock();
        using var client = new SilentClient();
        var retries = new BuiltInRetries { SilenceMax = TimeSpan.FromMinutes(5), AttemptsMax = 2 };
        var failed = await Assert.ThrowsAsync<ModelException>(() => new ModelCaller(retries, clock, new Random(7)).AskAsync(
            client, new ModelRequest("m", null, "system", [], [], null), () => new TextSink(), _ => ValueTask.CompletedTask, Cancellation));

        Assert.Equal("model_silent", failed.Failure.Code);
        Assert.Equal(2, client.Asked);
        Assert.Equal(2, clock.Waits.Count(wait => wait == retries.SilenceMax));
    }

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task The_key_goes_to_the_endpoint_and_the_request_is_sent_once_by_the_sdk(BuiltInWire wire)
    {
        var endpoint = new StubEndpoint(() => StubEndpoint.Say(wire, "x"));
        await AskAsync(wire, endpoint);

        var request = Assert.Single(endpoint.Requests);
        Assert.Contains("key", request.Headers.Where(header => header.Key is "Authorization" or "x-api-key").SelectMany(header => header.Value).Select(value => value.Split(' ')[^1]));
        Assert.Equal(
            wire switch { BuiltInWire.Messages => "/v1/messages", BuiltInWire.ChatCompletions => "/v1/chat/completions", _ => "/v1/responses" }, request.RequestUri!.AbsolutePath);
    }

    private static async Task<(string Text, JumpingClock Clock, List<string> Notices)> AskAsync(BuiltInWire wire, StubEndpoint endpoint, JumpingClock? clock = null)
    {
        clock ??= new JumpingClock();
        using var client = endpoint.Connect(wire, clock);
        var sink = new TextSink();
        var notices = new List<string>();
        await new ModelCaller(Retries, clock, new Random(7)).AskAsync(
            client, new ModelRequest("m", null, "system", [new Entry.Prompt("hi", [])], [], null), () => sink = new TextSink(),
            text =>
            {
                notices.Add(text);
                return ValueTask.CompletedTask;
            },
            Cancellation);
        return (sink.Text, clock, notices);
    }

    private sealed class SilentClient : IModelClient
    {
        public int Asked { get; private set; }

        public async IAsyncEnumerable<ModelChunk> AskAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            Asked++;
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            yield break;
        }

        public void Dispose()
        {
        }
    }

    private sealed class TextSink : IAnswerSink
    {
        public string Text { get; private set; } = "";

        public ValueTask TakeAsync(ModelChunk chunk)
        {
            if (chunk is ModelChunk.Text more)
                Text += more.Delta;
            return ValueTask.CompletedTask;
        }

        public ValueTask BreakOffAsync() => ValueTask.CompletedTask;
    }
}
