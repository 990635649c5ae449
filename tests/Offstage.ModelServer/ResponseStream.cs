using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Offstage.ModelServer;

/// <summary>One answer as server-sent events, begun when the first is sent.</summary>
internal sealed class ResponseStream(HttpResponse response, CancellationToken cancellationToken)
{
    private static long lastId;
    private readonly string responseId = NextId("resp");
    private bool begun;

    /// <summary>Ids are unique over all answers: agents keep them in their history.</summary>
    public static string NextId(string prefix) => $"{prefix}_{Interlocked.Increment(ref lastId)}";

    public async Task BeginAsync()
    {
        if (begun)
            return;
        begun = true;
        response.ContentType = "text/event-stream";
        await SendAsync(new { type = "response.created", response = new { id = responseId } });
    }

    public async Task SendAsync<T>(T happened)
    {
        await BeginAsync();
        var data = JsonSerializer.SerializeToElement(happened);
        await response.WriteAsync($"event: {data.GetProperty("type").GetString()}\ndata: {data.GetRawText()}\n\n", cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }

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
}
