using Microsoft.AspNetCore.Http;

namespace Offstage.ModelServer;

/// <summary>One thing the model does in an answer.</summary>
internal abstract record ModelStep
{
    private ModelStep() { }

    public abstract Task RunAsync(HttpContext context, ResponseStream stream, CancellationToken cancellationToken);

    public sealed record Say(IReadOnlyList<string> Deltas) : ModelStep
    {
        public override async Task RunAsync(HttpContext context, ResponseStream stream, CancellationToken cancellationToken)
        {
            var id = ResponseStream.NextId("msg");
            var item = new { type = "message", role = "assistant", id, content = Array.Empty<object>() };
            await stream.SendAsync(new { type = "response.output_item.added", output_index = 0, item });
            foreach (var delta in Deltas)
            {
                await stream.SendAsync(
                    new { type = "response.output_text.delta", item_id = id, output_index = 0, content_index = 0, delta });
            }

            var content = new[] { new { type = "output_text", text = string.Concat(Deltas) } };
            await stream.SendAsync(new
            {
                type = "response.output_item.done",
                output_index = 0,
                item = new { type = "message", role = "assistant", id, content },
            });
        }
    }

    public sealed record Reason(string Text) : ModelStep
    {
        public override async Task RunAsync(HttpContext context, ResponseStream stream, CancellationToken cancellationToken)
        {
            var id = ResponseStream.NextId("rs");
            await stream.SendAsync(new
            {
                type = "response.output_item.added",
                output_index = 0,
                item = new { type = "reasoning", id, summary = Array.Empty<object>() },
            });
            await stream.SendAsync(new
            {
                type = "response.reasoning_summary_text.delta",
                item_id = id,
                output_index = 0,
                summary_index = 0,
                delta = Text,
            });
            await stream.SendAsync(new
            {
                type = "response.output_item.done",
                output_index = 0,
                item = new { type = "reasoning", id, summary = new[] { new { type = "summary_text", text = Text } } },
            });
        }
    }

    public sealed record Call(string Tool, string Arguments) : ModelStep
    {
        public override Task RunAsync(HttpContext context, ResponseStream stream, CancellationToken cancellationToken) =>
            stream.SendAsync(new
            {
                type = "response.output_item.done",
                output_index = 0,
                item = new
                {
                    type = "function_call",
                    id = ResponseStream.NextId("fc"),
                    call_id = ResponseStream.NextId("call"),
                    name = Tool,
                    arguments = Arguments,
                },
            });
    }

    public sealed record Sleep(TimeSpan Time) : ModelStep
    {
        public override async Task RunAsync(HttpContext context, ResponseStream stream, CancellationToken cancellationToken)
        {
            await stream.BeginAsync();
            await Task.Delay(Time, TimeProvider.System, cancellationToken);
        }
    }

    public sealed record Hang : ModelStep
    {
        public override async Task RunAsync(HttpContext context, ResponseStream stream, CancellationToken cancellationToken)
        {
            await stream.BeginAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
    }

    public sealed record Drop : ModelStep
    {
        public override async Task RunAsync(HttpContext context, ResponseStream stream, CancellationToken cancellationToken)
        {
            await stream.BeginAsync();
            context.Abort();
            throw new OperationCanceledException();
        }
    }

    public sealed record Fail(int Status, string Text) : ModelStep
    {
        public override async Task RunAsync(HttpContext context, ResponseStream stream, CancellationToken cancellationToken)
        {
            context.Response.StatusCode = Status;
            await context.Response.WriteAsJsonAsync(
                new { error = new { message = Text, type = "invalid_request_error", code = "scripted" } }, cancellationToken);
            throw new OperationCanceledException();
        }
    }
}
