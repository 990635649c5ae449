using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Offstage.Agents.Processes;
using Offstage.Contracts;
using Offstage.Sandboxes;

namespace Offstage.Agents.OpenCode;

internal sealed class OpenCodeSession : IAgentSession
{
    /// <summary>Marks the messages that began a turn, in OpenCode's own store: a rollback counts those.</summary>
    private const string Mark = "offstage";

    private readonly OpenCodeTranslator translator = new();
    private readonly ISandboxProcess process;
    private readonly OpenCodeOptions options;
    private readonly AgentStart start;
    private readonly TimeProvider timeProvider;
    private readonly OpenCodeServer server;
    private AgentMode mode;
    private string? model;
    private string? effort;

    public OpenCodeSession(ISandboxProcess process, OpenCodeOptions options, AgentStart start, string password, TimeProvider timeProvider)
    {
        this.process = process;
        this.options = options;
        this.start = start;
        this.timeProvider = timeProvider;
        mode = start.Mode;
        model = start.Model;
        effort = start.Effort;
        server = new OpenCodeServer(process, translator, options, password, timeProvider);
    }

    public ResumeCursor? Cursor { get; private set; }

    public IAsyncEnumerable<AgentEvent> Events => server.Events;

    private string Path => $"/session/{Cursor!.Value}";

    /// <returns>Null when the conversation is open; otherwise what to answer instead.</returns>
    public async Task<AgentStartResult?> OpenAsync(CancellationToken cancellationToken)
    {
        if (!await server.WaitReadyAsync(cancellationToken))
            return await AgentStarting.DescribeExitAsync(process, timeProvider);
        try
        {
            var events = await server.Api.OpenEventsAsync(cancellationToken);
            var answer = start.Cursor is { } cursor
                ? await FindAsync(cursor, cancellationToken)
                : await server.Api.PostAsync("/session", [], cancellationToken);
            if (answer.IsOk && answer.Body.FindText("id") is { } id)
            {
                Cursor = new ResumeCursor(OpenCodeAdapter.AgentName, id);
                var last = start.Cursor is null ? default : await server.Api.GetAsync($"{Path}/message?limit=1", cancellationToken);
                translator.OnConversation(answer.Body, LastOf(last.Body), mode);
                server.Listen(events, id);
                return null;
            }

            await events.DisposeAsync();
            return answer.IsNotFound && start.Cursor is not null
                ? new AgentStartResult.CursorRejected(TextOf(answer))
                : new AgentStartResult.Failed("agent_start_failed", TextOf(answer), Retryable: false);
        }
        catch (HttpRequestException) when (process.Exited.IsCompleted)
        {
            return await AgentStarting.DescribeExitAsync(process, timeProvider);
        }
        catch (HttpRequestException failure)
        {
            return new AgentStartResult.Failed("agent_start_failed", failure.Message, Retryable: true);
        }
    }

    public async Task StartTurnAsync(TurnInput input, CancellationToken cancellationToken)
    {
        if (server.IsGone)
            throw await server.GoneAsync();
        if (!translator.TryBegin(input.Mode))
            throw new AgentException("agent_refused", "A turn is running.");
        mode = input.Mode ?? mode;
        model = input.Model ?? model;
        effort = input.Effort ?? effort;
        server.Tags.Begin(input.Tag);
        var isTaken = false;
        try
        {
            var answer = await CallAsync($"{Path}/prompt_async", Prompt(PromptText.Compose(input), input.Images, "turn"), cancellationToken);
            if (answer.IsNotFound)
            {
                await server.EmitAsync(new AgentEvent.CursorRejected(TextOf(answer)));
                throw new AgentException("cursor_rejected", TextOf(answer));
            }

            if (!answer.IsOk)
                throw new AgentException("agent_refused", TextOf(answer));
            isTaken = true;
            translator.OnPrompted(timeProvider.GetUtcNow());
        }
        finally
        {
            if (!isTaken)
            {
                translator.Abandon();
                server.Tags.Abandon();
            }
        }
    }

    public async Task<bool> SteerAsync(string text, CancellationToken cancellationToken)
    {
        if (server.IsGone)
            throw await server.GoneAsync();
        if (!translator.TrySteer())
            return false;
        var isTaken = false;
        try
        {
            isTaken = (await CallAsync($"{Path}/prompt_async", Prompt(text, [], "steer"), cancellationToken)).IsOk;
        }
        finally
        {
            if (!isTaken)
                translator.OnSteerFailed();
        }

        return isTaken;
    }

    public async Task InterruptAsync(CancellationToken cancellationToken)
    {
        if (!server.IsGone && translator.OnInterrupt())
            await CallAsync($"{Path}/abort", [], cancellationToken);
    }

    public async Task<bool> AnswerAsync(string requestKey, RequestAnswer answer, CancellationToken cancellationToken)
    {
        if (server.IsGone || translator.TakeRequest(requestKey, answer) is not { } reply)
            return false;
        try
        {
            return (await CallAsync(reply.Path, reply.Body, cancellationToken)).IsOk;
        }
        catch (AgentException) when (server.IsGone)
        {
            return false;
        }
    }

    public async Task<bool> RollBackAsync(int turns, CancellationToken cancellationToken)
    {
        if (server.IsGone)
            throw await server.GoneAsync();
        if (translator.HasTurn)
            return false;
        try
        {
            var session = await server.Api.GetAsync(Path, cancellationToken);
            var messages = await server.Api.GetAsync($"{Path}/message", cancellationToken);
            if (!session.IsOk || !messages.IsOk || messages.Body.ValueKind != JsonValueKind.Array)
                return false;

            // What was rolled back before stays in the list until the next prompt.
            var reverted = session.Body.Find("revert")?.FindText("messageID");
            var begun = messages.Body.EnumerateArray()
                .TakeWhile(message => reverted is null || message.Find("info")?.FindText("id") != reverted)
                .Where(BeganTurn).Select(message => message.Find("info")?.FindText("id")).ToList();
            return begun.Count >= turns
                && (await server.Api.PostAsync($"{Path}/revert", new JsonObject { ["messageID"] = begun[^turns] }, cancellationToken)).IsOk;
        }
        catch (HttpRequestException)
        {
            // Too long to be read, or no answer: a fresh conversation does it too.
            return false;
        }
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task<OpenCodeAnswer> FindAsync(ResumeCursor cursor, CancellationToken cancellationToken) =>
        // An id of another form is an error inside OpenCode 1.18.33, which says nothing about the conversation.
        cursor.Value.StartsWith("ses_", StringComparison.Ordinal) && cursor.Value.All(one => char.IsAsciiLetterOrDigit(one) || one == '_')
            ? await server.Api.GetAsync($"/session/{cursor.Value}", cancellationToken)
            : new OpenCodeAnswer(HttpStatusCode.NotFound, default);

    private static JsonElement? LastOf(JsonElement messages) =>
        messages.ValueKind == JsonValueKind.Array && messages.GetArrayLength() > 0 ? messages[messages.GetArrayLength() - 1].Find("info") : null;

    private static bool BeganTurn(JsonElement message) =>
        message.List("parts").Any(part => part.Find("metadata")?.FindText(Mark) == "turn");

    private JsonObject Prompt(string text, IReadOnlyList<ImageInput> images, string mark)
    {
        var parts = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text, ["metadata"] = new JsonObject { [Mark] = mark } });
        foreach (var image in images)
        {
            parts.Add(new JsonObject
            {
                ["type"] = "file",
                ["mime"] = image.MediaType,
                ["filename"] = image.Name,
                ["url"] = $"data:{image.MediaType};base64,{Convert.ToBase64String(image.Data.Span)}",
            });
        }

        var prompt = new JsonObject { ["agent"] = mode == AgentMode.Plan ? "plan" : "build", ["parts"] = parts };
        if (OpenCodeCommandLine.FindModel(options, model) is { } chosen)
            prompt["model"] = new JsonObject { ["providerID"] = chosen.Provider, ["modelID"] = chosen.Model };
        if (effort is not null)
            prompt["variant"] = effort;
        return prompt;
    }

    private async Task<OpenCodeAnswer> CallAsync(string path, JsonObject body, CancellationToken cancellationToken)
    {
        try
        {
            return await server.Api.PostAsync(path, body, cancellationToken);
        }
        catch (HttpRequestException failure)
        {
            throw await server.DescribeFailureAsync(failure);
        }
    }

    private static string TextOf(OpenCodeAnswer answer) =>
        answer.Body.Find("data")?.FindText("message") ?? answer.Body.FindText("message") ?? $"OpenCode answered {(int)answer.Status}.";
}
