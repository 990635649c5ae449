using Microsoft.AspNetCore.Http;
using Offstage.ModelServer.Wires;

namespace Offstage.ModelServer;

/// <summary>One thing the model does in an answer.</summary>
internal abstract record ModelStep
{
    private ModelStep() { }

    /// <exception cref="OperationCanceledException">The answer ends here, and is not completed.</exception>
    public abstract Task RunAsync(HttpContext context, IModelStream stream, CancellationToken cancellationToken);

    public sealed record Say(IReadOnlyList<string> Deltas) : ModelStep
    {
        public override Task RunAsync(HttpContext context, IModelStream stream, CancellationToken cancellationToken)
            => stream.SayAsync(Deltas);
    }

    public sealed record Reason(string Text) : ModelStep
    {
        public override Task RunAsync(HttpContext context, IModelStream stream, CancellationToken cancellationToken)
            => stream.ReasonAsync(Text);
    }

    public sealed record Call(string Tool, string Arguments) : ModelStep
    {
        public override Task RunAsync(HttpContext context, IModelStream stream, CancellationToken cancellationToken)
            => stream.CallAsync(Tool, Arguments);
    }

    public sealed record Sleep(TimeSpan Time) : ModelStep
    {
        public override async Task RunAsync(HttpContext context, IModelStream stream, CancellationToken cancellationToken)
        {
            await stream.BeginAsync();
            await Task.Delay(Time, TimeProvider.System, cancellationToken);
        }
    }

    public sealed record Hang : ModelStep
    {
        public override async Task RunAsync(HttpContext context, IModelStream stream, CancellationToken cancellationToken)
        {
            await stream.BeginAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
    }

    public sealed record Drop : ModelStep
    {
        public override async Task RunAsync(HttpContext context, IModelStream stream, CancellationToken cancellationToken)
        {
            await stream.BeginAsync();
            context.Abort();
            throw new OperationCanceledException();
        }
    }

    public sealed record Fail(int Status, string Text) : ModelStep
    {
        public override async Task RunAsync(HttpContext context, IModelStream stream, CancellationToken cancellationToken)
        {
            await stream.FailAsync(Status, Text);
            throw new OperationCanceledException();
        }
    }
}
