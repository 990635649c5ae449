using System.Text;
using Microsoft.AspNetCore.Http;

namespace Offstage.ModelServer.Wires;

/// <summary>One answer of the Chat Completions API in one piece, for agents that do not ask for a stream.</summary>
internal sealed class ChatCompletionsWhole(HttpResponse response, string model, CancellationToken cancellationToken) : IModelStream
{
    private readonly StringBuilder said = new();
    private readonly StringBuilder reasoned = new();
    private readonly List<object> calls = [];

    internal static object Usage { get; } = new
    {
        prompt_tokens = 100,
        completion_tokens = 10,
        total_tokens = 110,
        prompt_tokens_details = new { cached_tokens = 0 },
        completion_tokens_details = new { reasoning_tokens = 0 },
    };

    public Task BeginAsync() => Task.CompletedTask;

    public Task SayAsync(IReadOnlyList<string> deltas)
    {
        said.AppendJoin("", deltas);
        return Task.CompletedTask;
    }

    public Task ReasonAsync(string text)
    {
        reasoned.Append(text);
        return Task.CompletedTask;
    }

    public Task CallAsync(string tool, string arguments)
    {
        calls.Add(new { id = ModelIds.Next("call"), type = "function", function = new { name = tool, arguments } });
        return Task.CompletedTask;
    }

    public Task CompleteAsync() => response.WriteAsJsonAsync(
        new
        {
            id = ModelIds.Next("chatcmpl"),
            @object = "chat.completion",
            created = 0,
            model,
            choices = new[]
            {
                new
                {
                    index = 0,
                    message = new
                    {
                        role = "assistant", content = said.ToString(), reasoning_content = reasoned.ToString(), tool_calls = calls.Count > 0 ? calls : null,
                    },
                    finish_reason = calls.Count > 0 ? "tool_calls" : "stop",
                },
            },
            usage = Usage,
        },
        cancellationToken);

    public Task FailAsync(int status, string text)
    {
        response.StatusCode = status;
        return response.WriteAsJsonAsync(
            new { error = new { message = text, type = "invalid_request_error", code = "scripted" } }, cancellationToken);
    }
}
