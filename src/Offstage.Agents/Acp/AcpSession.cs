using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Offstage.Agents.Processes;
using Offstage.Contracts;
using Offstage.Processes.JsonRpc;
using Offstage.Sandboxes;

namespace Offstage.Agents.Acp;

internal sealed class AcpSession : IAgentSession, IAgentTranslator
{
    private const int ProtocolVersion = 1;

    private readonly AcpOptions options;
    private readonly AgentStart start;
    private readonly AcpSettings settings;
    private readonly AcpTranslator translator;
    private readonly AcpTerminals terminals;
    private readonly AcpServices services;
    private readonly AgentProcess process;
    private readonly Task ending;
    private readonly ConcurrentDictionary<JsonRpcId, TaskCompletionSource<JsonRpcMessage.Answer>> waiting = new();
    private JsonElement initialized;
    private string session = "";
    private AgentMode mode;

    public AcpSession(ISandboxProcess sandboxProcess, AcpOptions options, AgentStart start, TimeProvider timeProvider)
    {
        this.options = options;
        this.start = start;
        mode = start.Mode;
        settings = new AcpSettings(options);
        terminals = new AcpTerminals(
            start, (terminal, text) => process!.TellAsync(() => translator!.OnTerminalOutput(terminal, text)), timeProvider);
        translator = new AcpTranslator(settings, start.WorkspacePath.TrimEnd('/'), terminals.Find);
        process = new AgentProcess(sandboxProcess, this, new JsonRpcOptions(), timeProvider);
        services = new AcpServices(process.Connection, terminals, new AcpFiles(start, timeProvider));
        ending = EndAsync();
    }

    public ResumeCursor? Cursor { get; private set; }

    public IAsyncEnumerable<AgentEvent> Events => process.Events;

    /// <summary>The protocol tells no rest but the end of a turn, so nothing is awaited.</summary>
    DateTimeOffset? IAgentTranslator<JsonRpcMessage>.GraceEndsAt => null;

    IReadOnlyList<AgentEvent> IAgentTranslator<JsonRpcMessage>.EndGrace() => [];

    Reaction IAgentTranslator<JsonRpcMessage>.Receive(JsonRpcMessage message, DateTimeOffset now)
    {
        if (message is JsonRpcMessage.Answer answer && waiting.TryRemove(answer.Id, out var asker))
        {
            asker.TrySetResult(answer);
            return Reaction.None;
        }

        var reaction = translator.Receive(message);
        services.Begin(reaction.Works);
        return new Reaction(reaction.Events, reaction.IsUnknownRequest);
    }

    public async Task OpenAsync(AcpSignIn? signIn, CancellationToken cancellationToken)
    {
        initialized = await CallAsync("initialize", AcpHello.Parameters(ProtocolVersion), cancellationToken);
        if (initialized.FindNumber("protocolVersion") is not ProtocolVersion and var version)
            throw new AgentException("agent_protocol_error", $"The agent speaks version {version} of the protocol, not {ProtocolVersion}.");
        if (signIn is not null)
            await CallAsync("authenticate", new JsonObject { ["methodId"] = signIn.Method }, cancellationToken);

        var capabilities = initialized.Find("agentCapabilities") ?? default;
        bool canLoad = capabilities.IsTrue("loadSession");
        bool canResume = capabilities.Find("sessionCapabilities")?.Find("resume") is not null;
        var place = new JsonObject { ["cwd"] = start.WorkspacePath, ["mcpServers"] = new JsonArray() };
        var opened = start.Cursor is null
            ? await CallAsync("session/new", place, cancellationToken)
            : await ReopenAsync(start.Cursor.Value, place, canLoad, canResume, cancellationToken);
        session = start.Cursor?.Value ?? opened.FindText("sessionId")
            ?? throw new AgentException("agent_protocol_error", "The agent opened a session without an id.");
        settings.OnOpened(opened);
        translator.OnSession(session);
        if (canLoad || canResume)
            Cursor = new ResumeCursor(options.Name, session);
        if (start.Model is { } model)
            await SetModelAsync(model, cancellationToken);
        if (start.Effort is { } effort)
            await SetEffortAsync(effort, cancellationToken);
    }

    /// <summary>What a person can do about a missing sign-in.</summary>
    public string SignInHint(AcpOptions of)
    {
        var offered = initialized.List("authMethods").Select(one => one.FindText("name") ?? one.FindText("id")).OfType<string>().ToList();
        string variables = string.Join(" or ", of.SignIns.Select(one => one.Variable).OfType<string>());
        return (offered.Count > 0 ? $"It offers: {string.Join(", ", offered)}. " : "") + (variables.Length > 0 ? $"Give it {variables}." : "");
    }

    public async Task StartTurnAsync(TurnInput input, CancellationToken cancellationToken)
    {
        if (process.Connection.Closed.IsCompleted)
            throw AgentCalls.Gone(new JsonRpcClosedException(await process.Connection.Closed));
        if (translator.IsTurnRunning)
            throw new AgentException("agent_refused", "A turn is running.");
        if (input.Images.Count > 0 && !(initialized.Find("agentCapabilities")?.Find("promptCapabilities")?.IsTrue("image") ?? false))
            throw new AgentException("agent_refused", $"{options.Name} takes no images.");
        try
        {
            mode = input.Mode ?? mode;
            await SetModeAsync(cancellationToken);
            if (input.Model is { } model)
                await SetModelAsync(model, cancellationToken);
            if (input.Effort is { } effort)
                await SetEffortAsync(effort, cancellationToken);
            terminals.OnTurn();
            process.Tags.Begin(input.Tag);

            // Before the prompt is sent, so that its first word finds its turn. The protocol confirms no prompt: its only answer is
            // the turn's end.
            await process.TellAsync(() => translator.BeginTurn(mode));
            await process.Connection.PostAsync(
                "session/prompt", AcpPrompt.Parameters(session, input, asksForPlan: mode == AgentMode.Plan && !settings.CanPlan),
                AcpJson.Default.JsonObject, null, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await process.TellAsync(translator.AbandonTurn);
            throw;
        }
        catch (JsonRpcErrorException refusal)
        {
            throw new AgentException("agent_refused", AcpErrors.TextOf(refusal.Error), refusal);
        }
        catch (JsonRpcClosedException ended)
        {
            process.Tags.Abandon();
            throw AgentCalls.Gone(ended);
        }
    }

    /// <summary>The protocol has no way to add text to a running turn.</summary>
    public Task<bool> SteerAsync(string text, CancellationToken cancellationToken) => Task.FromResult(false);

    public async Task InterruptAsync(CancellationToken cancellationToken)
    {
        if (!translator.IsTurnRunning)
            return;
        try
        {
            await process.Connection.NotifyAsync(
                "session/cancel", new JsonObject { ["sessionId"] = session }, AcpJson.Default.JsonObject, moreFollows: false, cancellationToken);
        }
        catch (JsonRpcClosedException ended)
        {
            throw AgentCalls.Gone(ended);
        }

        IReadOnlyList<AcpWork> works = [];
        await process.TellAsync(() =>
        {
            var reaction = translator.CancelRequests();
            works = reaction.Works;
            return reaction.Events;
        });
        services.Begin(works);

        // An agent that only waits for its command would not see the end of it otherwise.
        await terminals.KillTurnAsync(cancellationToken);
    }

    public async Task<bool> AnswerAsync(string requestKey, RequestAnswer answer, CancellationToken cancellationToken)
    {
        AcpWork? work = null;
        await process.TellAsync(() => translator.Answer(requestKey, answer, out work));
        if (work is null || process.Connection.Closed.IsCompleted)
            return false;
        services.Begin([work]);
        return true;
    }

    public Task<bool> RollBackAsync(int turns, CancellationToken cancellationToken) => Task.FromResult(false);

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        await ending;
        await services.DisposeAsync();
    }

    /// <summary>An agent that is gone leaves no commands behind.</summary>
    private async Task EndAsync()
    {
        await process.Connection.Closed;
        await terminals.DisposeAsync();
    }

    private async Task<JsonElement> ReopenAsync(string id, JsonObject place, bool canLoad, bool canResume, CancellationToken cancellationToken)
    {
        if (!canLoad && !canResume)
            throw new AgentException("cursor_rejected", $"{options.Name} does not open a session again.");
        place["sessionId"] = id;
        try
        {
            return await CallAsync(canResume ? "session/resume" : "session/load", place, cancellationToken);
        }
        catch (JsonRpcErrorException refusal) when (AcpErrors.IsUnknownSession(refusal.Error))
        {
            throw new AgentException("cursor_rejected", AcpErrors.TextOf(refusal.Error), refusal);
        }
    }

    private async Task SetModeAsync(CancellationToken cancellationToken)
    {
        var ways = settings.ForMode(mode);
        foreach (var way in ways)
        {
            try
            {
                await SetAsync(way, cancellationToken);
                return;
            }
            catch (JsonRpcErrorException)
            {
                // Gemini, for one, refuses its freest modes in a folder that nobody trusts. The next best does: what is allowed is
                // decided here in any case.
            }
        }

        if (ways.Count > 0)
            throw new AgentException("agent_refused", $"{options.Name} could not be set to a mode for '{mode}'.");
    }

    private async Task SetModelAsync(string model, CancellationToken cancellationToken)
    {
        var change = settings.ForModel(model, out var offered);
        if (offered.Count == 0)
        {
            await process.EmitAsync(new AgentEvent.Notice(
                NoticeLevel.Warning, $"{options.Name} offers no choice of models; '{model}' is not used."));
        }

        await SetOfferedAsync(change, "model", model, offered, cancellationToken);
    }

    private async Task SetEffortAsync(string effort, CancellationToken cancellationToken) =>
        await SetOfferedAsync(settings.ForEffort(effort, out var offered), "effort", effort, offered, cancellationToken);

    private async Task SetOfferedAsync(
        AcpChange? change, string what, string value, IReadOnlyList<string> offered, CancellationToken cancellationToken)
    {
        if (change is null)
            return;
        try
        {
            await SetAsync(change, cancellationToken);
        }
        catch (JsonRpcErrorException refusal)
        {
            throw new AgentException(
                "agent_refused", $"{options.Name} does not take the {what} '{value}': {AcpErrors.TextOf(refusal.Error)}. It offers {string.Join(", ", offered)}.", refusal);
        }
    }

    private async Task SetAsync(AcpChange change, CancellationToken cancellationToken)
    {
        var parameters = (JsonObject)change.Parameters.DeepClone();
        parameters["sessionId"] = session;
        settings.OnChanged(change, await CallAsync(change.Method, parameters, cancellationToken));
    }

    /// <summary>Asks, and goes on only when all that the agent said before its answer has been read.</summary>
    private async Task<JsonElement> CallAsync(string method, JsonObject parameters, CancellationToken cancellationToken)
    {
        var asker = new TaskCompletionSource<JsonRpcMessage.Answer>(TaskCreationOptions.RunContinuationsAsynchronously);
        var id = await process.Connection.PostAsync(method, parameters, AcpJson.Default.JsonObject, id => waiting[id] = asker, cancellationToken);
        try
        {
            await Task.WhenAny(asker.Task, process.Connection.Closed).WaitAsync(cancellationToken);
            if (!asker.Task.IsCompleted)
                throw new JsonRpcClosedException(await process.Connection.Closed);
            var answer = await asker.Task;
            return answer.Error is { } refusal ? throw new JsonRpcErrorException(method, refusal) : answer.Result;
        }
        finally
        {
            waiting.TryRemove(id, out _);
        }
    }
}

[JsonSerializable(typeof(JsonObject))]
internal sealed partial class AcpJson : JsonSerializerContext;
