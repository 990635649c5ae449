using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Offstage.ModelServer.Wires;

/// <summary>One answer of the Responses API as server-sent events.</summary>
internal sealed class ResponsesStream(HttpResponse response, CancellationToken cancellationToken) : IModelStream
{
    private readonly string responseId = ModelIds.Next("resp");
    private bool begun;

    public async Task BeginAsync()
    {
        if (begun)
            return;
        begun = true;
        response.ContentType = "text/event-stream";
        await SendAsync(new { type = "response.created", response = new { id = responseId } });
    }

    public async Task SayAsync(IReadOnlyList<string> deltas)
    {
        var id = ModelIds.Next("msg");
        await AddedAsync(new { type = "message", role = "assistant", id, content = Array.Empty<object>() });
        foreach (var delta in deltas)
            await SendAsync(new { type = "response.output_text.delta", item_id = id, output_index = 0, content_index = 0, delta });
        var content = new[] { new { type = "output_text", text = string.Concat(deltas) } };
        await DoneAsync(new { type = "message", role = "assistant", id, content });
    }

    public async Task ReasonAsync(string text)
    {
        var id = ModelIds.Next("rs");
        await AddedAsync(new { type = "reasoning", id, summary = Array.Empty<object>() });
        await SendAsync(new { type = "response.reasoning_summary_text.delta", item_id = id, output_index = 0, summary_index = 0, delta = text });
        await DoneAsync(new { type = "reasoning", id, summary = new[] { new { type = "summary_text", text } } });
    }

    public Task CallAsync(string tool, string arguments)
        => DoneAsync(new { type = "function_call", id = ModelIds.Next("fc"), call_id = ModelIds.Next("call"), name = tool, arguments });

    public Task CompleteAsync() => SendAsync(new
    {
        type = "response.completed",
        response = new
        {
            id = responseId,
            usage = new
            {
                input_tokens = 100,
                input_tokens_details = new { cached_tokens = 0 },
                output_tokens = 10,
                output_tokens_details = new { reasoning_tokens = 0 },
                total_tokens = 110,
            },
        },
    });

    public Task FailAsync(int status, string text)
    {
        response.StatusCode = status;
        return response.WriteAsJsonAsync(
            new { error = new { message = text, type = "invalid_request_error", code = "scripted" } }, cancellationToken);
    }

    private Task AddedAsync(object item) => SendAsync(new { type = "response.output_item.added", output_index = 0, item });

    private Task DoneAsync(object item) => SendAsync(new { type = "response.output_item.done", output_index = 0, item });

    private async Task SendAsync<T>(T happened)
    {
        await BeginAsync();
        var data = JsonSerializer.SerializeToElement(happened);
        await response.WriteAsync($"event: {data.GetProperty("type").GetString()}\ndata: {data.GetRawText()}\n\n", cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }
}
