using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Offstage.ModelServer.Wires;

/// <summary>One answer of the Messages API that comes whole, to a request that asked for no stream.</summary>
internal sealed class MessagesAnswer(HttpResponse response, string model, CancellationToken cancellationToken) : IModelStream
{
    private readonly List<object> content = [];
    private bool calls;

    public Task BeginAsync() => Task.CompletedTask;

    public Task SayAsync(IReadOnlyList<string> deltas) => AddAsync(new { type = "text", text = string.Concat(deltas) });

    public Task ReasonAsync(string text) => AddAsync(new { type = "thinking", thinking = text, signature = "c2lnbmVk" });

    public Task CallAsync(string tool, string arguments)
    {
        calls = true;
        return AddAsync(new { type = "tool_use", id = ModelIds.Next("toolu"), name = tool, input = JsonElement.Parse(arguments) });
    }

    public Task CompleteAsync() => response.WriteAsJsonAsync(
        new
        {
            id = ModelIds.Next("msg"),
            type = "message",
            role = "assistant",
            model,
            content,
            stop_reason = calls ? "tool_use" : "end_turn",
            stop_sequence = (string?)null,
            usage = new { input_tokens = 100, output_tokens = 10, cache_creation_input_tokens = 0, cache_read_input_tokens = 0 },
        },
        cancellationToken);

    public Task FailAsync(int status, string text) => FailAsync(response, status, text, cancellationToken);

    public static Task FailAsync(HttpResponse response, int status, string text, CancellationToken cancellationToken)
    {
        response.StatusCode = status;
        return response.WriteAsJsonAsync(
            new { type = "error", error = new { type = "invalid_request_error", message = text } }, cancellationToken);
    }

    private Task AddAsync(object block)
    {
        content.Add(block);
        return Task.CompletedTask;
    }
}
