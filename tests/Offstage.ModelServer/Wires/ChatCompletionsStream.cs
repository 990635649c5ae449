using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Offstage.ModelServer.Wires;

/// <summary>One answer of the Chat Completions API as server-sent events.</summary>
internal sealed class ChatCompletionsStream(HttpResponse response, string model, CancellationToken cancellationToken) : IModelStream
{
    private readonly string id = ModelIds.Next("chatcmpl");
    private bool begun;
    private int calls;

    public async Task BeginAsync()
    {
        if (begun)
            return;
        begun = true;
        response.ContentType = "text/event-stream";
        await SendAsync(new { role = "assistant", content = "" });
    }

    public async Task SayAsync(IReadOnlyList<string> deltas)
    {
        foreach (string content in deltas)
            await SendAsync(new { content });
    }

    /// <summary>Not OpenAI's own, but what compatible servers call it and agents read.</summary>
    public Task ReasonAsync(string text) => SendAsync(new { reasoning_content = text });

    public Task CallAsync(string tool, string arguments) => SendAsync(new
    {
        tool_calls = new[]
        {
            new { index = calls++, id = ModelIds.Next("call"), type = "function", function = new { name = tool, arguments } },
        },
    });

    public async Task CompleteAsync()
    {
        await SendAsync(new { }, calls > 0 ? "tool_calls" : "stop");
        await WriteAsync(new
        {
            id,
            @object = "chat.completion.chunk",
            created = 0,
            model,
            choices = Array.Empty<object>(),
            usage = ChatCompletionsWhole.Usage,
        });
        await response.WriteAsync("data: [DONE]\n\n", cancellationToken);
    }

    public Task FailAsync(int status, string text)
    {
        response.StatusCode = status;
        return response.WriteAsJsonAsync(
            new { error = new { message = text, type = "invalid_request_error", code = "scripted" } }, cancellationToken);
    }

    private async Task SendAsync(object delta, string? finish = null)
    {
        await BeginAsync();
        await WriteAsync(new
        {
            id,
            @object = "chat.completion.chunk",
            created = 0,
            model,
            choices = new[] { new { index = 0, delta, finish_reason = finish } },
        });
    }

    private async Task WriteAsync<T>(T chunk)
    {
        await response.WriteAsync($"data: {JsonSerializer.Serialize(chunk)}\n\n", cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }
}
