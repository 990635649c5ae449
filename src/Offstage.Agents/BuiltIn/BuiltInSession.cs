using Offstage.Agents.BuiltIn.Conversations;
using Offstage.Agents.BuiltIn.Models;
using Offstage.Agents.BuiltIn.Tools;
using Offstage.Agents.BuiltIn.Turns;
using Offstage.Agents.Processes;
using Offstage.Contracts;
using Offstage.Processes.JsonRpc;

namespace Offstage.Agents.BuiltIn;

/// <summary>The agent's loop runs here, in the server; in the sandbox run the keeper of its conversation and what its tools start.</summary>
internal sealed class BuiltInSession : IAgentSession
{
    private const int ImageBytesMax = 10 * 1024 * 1024;
    private static readonly string[] ImageTypes = ["image/png", "image/jpeg", "image/gif", "image/webp"];

    private readonly SessionParts parts;
    private readonly SemaphoreSlim starting = new(1, 1);
    private volatile TurnLoop? turn;
    private Task running = Task.CompletedTask;
    private AgentMode mode;
    private string? model;
    private string? effort;

    public BuiltInSession(string id, Keeper keeper, Conversation conversation, AgentStart start, BuiltInAdapterParts made)
    {
        Cursor = new ResumeCursor(BuiltInAdapter.AgentName, id);
        mode = start.Mode;
        model = start.Model ?? made.Options.Model;
        effort = start.Effort;
        parts = new SessionParts
        {
            Options = made.Options,
            Start = start,
            Keeper = keeper,
            Conversation = conversation,
            Commands = new SandboxCommands(start, made.TimeProvider),
            Client = new Lazy<IModelClient>(() => made.CreateClient(start)),
            Caller = new ModelCaller(made.Options.Retries, made.TimeProvider, made.Random),
            Meter = new UsageMeter(made.Options),
            Requests = new TurnRequests(keeper.EmitAsync, () => turn?.Interrupt()),
        };
        keeper.EndingWork = EndWorkAsync;
    }

    public ResumeCursor? Cursor { get; }

    public IAsyncEnumerable<AgentEvent> Events => parts.Keeper.Events;

    public Task OpenAsync(CancellationToken cancellationToken) => parts.Keeper.WaitReadyAsync(cancellationToken);

    public async Task StartTurnAsync(TurnInput input, CancellationToken cancellationToken)
    {
        RequireImages(input.Images);
        await starting.WaitAsync(cancellationToken);
        try
        {
            if (parts.Keeper.Drained.IsCompleted)
                throw AgentCalls.Gone(new JsonRpcClosedException(await parts.Keeper.Drained));
            if (turn is { IsOver: false })
                throw new AgentException("agent_refused", "A turn is running.");

            // It has ended but for its last word, which comes before this turn's first.
            await running.WaitAsync(cancellationToken);
            await BeginAsync(input);
        }
        finally
        {
            starting.Release();
        }
    }

    public Task<bool> SteerAsync(string text, CancellationToken cancellationToken) => Task.FromResult(turn?.TryAdd(text) ?? false);

    public Task InterruptAsync(CancellationToken cancellationToken)
    {
        turn?.Interrupt();
        return Task.CompletedTask;
    }

    public Task<bool> AnswerAsync(string requestKey, RequestAnswer answer, CancellationToken cancellationToken)
        => Task.FromResult(!parts.Keeper.Drained.IsCompleted && parts.Requests.Answer(requestKey, answer));

    public async Task<bool> RollBackAsync(int turns, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(turns, 1);
        await starting.WaitAsync(cancellationToken);
        try
        {
            if (turn is { IsOver: false })
                return false;
            await running.WaitAsync(cancellationToken);
            if (parts.Conversation.WithoutLast(turns) is not { } rest)
                return false;
            await parts.ReplaceAsync(rest);
            return true;
        }
        catch (KeeperException)
        {
            return false;
        }
        catch (JsonRpcClosedException gone)
        {
            throw AgentCalls.Gone(gone);
        }
        finally
        {
            starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        turn?.Interrupt();

        // Closes the stream of events first, so that a turn that nobody listens to can end.
        var ending = parts.Keeper.DisposeAsync().AsTask();
        await running;
        await ending;
        turn?.Dispose();
        if (parts.Client.IsValueCreated)
            parts.Client.Value.Dispose();
    }

    private async Task BeginAsync(TurnInput input)
    {
        mode = input.Mode ?? mode;
        model = input.Model ?? model;
        effort = input.Effort ?? effort;
        parts.Keeper.Tags.Begin(input.Tag);
        try
        {
            await parts.KeepAsync(new Entry.Prompt(
                PromptText.Compose(input), [.. input.Images.Select(image => new Picture(image.MediaType, image.Data.ToArray()))]));
        }
        catch (KeeperException full)
        {
            parts.Keeper.Tags.Abandon();
            throw new AgentException("agent_refused", full.Message, full);
        }
        catch (JsonRpcClosedException gone)
        {
            parts.Keeper.Tags.Abandon();
            throw AgentCalls.Gone(gone);
        }

        var begun = new TurnLoop(parts, mode, model, effort);
        turn?.Dispose();
        turn = begun;
        running = Task.Run(begun.RunAsync);
    }

    /// <summary>Without its keeper the session is at its end, and so is what it runs.</summary>
    private async Task EndWorkAsync()
    {
        await starting.WaitAsync(CancellationToken.None);
        try
        {
            turn?.Interrupt();
            await running;
        }
        finally
        {
            starting.Release();
        }
    }

    private static void RequireImages(IReadOnlyList<ImageInput> images)
    {
        if (images.Sum(image => (long)image.Data.Length) > ImageBytesMax)
            throw new AgentException("agent_refused", $"The images have more than {ImageBytesMax} bytes together.");
        if (images.FirstOrDefault(image => !ImageTypes.Contains(image.MediaType)) is { } unknown)
            throw new AgentException("agent_refused", $"'{unknown.Name}' is no image that models take: {unknown.MediaType}.");
    }
}
