using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Offstage.ModelServer.Wires;

/// <summary>One answer of the Messages API as server-sent events.</summary>
internal sealed class MessagesStream(HttpResponse response, string model, CancellationToken cancellationToken) : IModelStream
{
    private readonly string messageId = ModelIds.Next("msg");
    private bool begun;
    private bool calls;
    private int blocks;

    public async Task BeginAsync()
    {
        if (begun)
            return;
        begun = true;
        response.ContentType = "text/event-stream";
        await SendAsync(new
        {
            type = "message_start",
            message = new
            {
                id = messageId,
                type = "message",
                role = "assistant",
                model,
                content = Array.Empty<object>(),
                stop_reason = (string?)null,
                stop_sequence = (string?)null,
                usage = new { input_tokens = 100, output_tokens = 1, cache_creation_input_tokens = 0, cache_read_input_tokens = 0 },
            },
        });
    }

    public async Task SayAsync(IReadOnlyList<string> deltas)
    {
        int index = await BlockAsync(new { type = "text", text = "" });
        foreach (string text in deltas)
            await DeltaAsync(index, new { type = "text_delta", text });
        await StopAsync(index);
    }

    public async Task ReasonAsync(string text)
    {
        int index = await BlockAsync(new { type = "thinking", thinking = "", signature = "" });
        await DeltaAsync(index, new { type = "thinking_delta", thinking = text });
        await DeltaAsync(index, new { type = "signature_delta", signature = "c2lnbmVk" });
        await StopAsync(index);
    }

    public async Task CallAsync(string tool, string arguments)
    {
        calls = true;
        int index = await BlockAsync(new { type = "tool_use", id = ModelIds.Next("toolu"), name = tool, input = new { } });
        await DeltaAsync(index, new { type = "input_json_delta", partial_json = arguments });
        await StopAsync(index);
    }

    public async Task CompleteAsync()
    {
        await SendAsync(new
        {
            type = "message_delta",
            delta = new { stop_reason = calls ? "tool_use" : "end_turn", stop_sequence = (string?)null },
            usage = new { output_tokens = 10 },
        });
        await SendAsync(new { type = "message_stop" });
    }

    public Task FailAsync(int status, string text) => MessagesAnswer.FailAsync(response, status, text, cancellationToken);

    private async Task<int> BlockAsync(object block)
    {
        await SendAsync(new { type = "content_block_start", index = blocks, content_block = block });
        return blocks++;
    }

    private Task DeltaAsync(int index, object delta) => SendAsync(new { type = "content_block_delta", index, delta });

    private Task StopAsync(int index) => SendAsync(new { type = "content_block_stop", index });

    private async Task SendAsync<T>(T happened)
    {
        await BeginAsync();
        var data = JsonSerializer.SerializeToElement(happened);
        await response.WriteAsync($"event: {data.GetProperty("type").GetString()}\ndata: {data.GetRawText()}\n\n", cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }
}
