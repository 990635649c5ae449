using System.Text.Json;
using System.Text.Json.Nodes;
using Offstage.Processes.JsonRpc;

namespace Offstage.AcpAgent;

/// <summary>What the agent does to its surroundings: all of it through the client.</summary>
internal sealed class Tools(Agent agent)
{
    private static int calls;
    private string lastCall = "";

    public async Task CommandAsync(string commandLine, bool asks, CancellationToken cancellationToken)
    {
        string id = await BeginAsync("execute", commandLine, new JsonObject { ["command"] = commandLine });
        if (asks && !await MayAsync(id, "execute", commandLine, new JsonObject { ["command"] = commandLine }, null, cancellationToken))
            return;
        string terminal;
        try
        {
            var created = await CallAsync("terminal/create", new JsonObject { ["command"] = "bash", ["args"] = new JsonArray("-c", commandLine), ["cwd"] = agent.Workspace }, cancellationToken);
            terminal = created.GetProperty("terminalId").GetString()!;
        }
        catch (JsonRpcErrorException refusal)
        {
            await EndAsync(id, "failed", Content(refusal.Error.Message));
            return;
        }

        var shown = new JsonArray(new JsonObject { ["type"] = "terminal", ["terminalId"] = terminal });
        await agent.UpdateAsync(new JsonObject { ["sessionUpdate"] = "tool_call_update", ["toolCallId"] = id, ["status"] = "in_progress", ["content"] = shown });
        string status = "failed";
        try
        {
            var exit = await CallAsync("terminal/wait_for_exit", new JsonObject { ["terminalId"] = terminal }, cancellationToken);
            var output = await CallAsync("terminal/output", new JsonObject { ["terminalId"] = terminal }, cancellationToken);
            if (exit.GetProperty("exitCode").GetInt32() == 0 && output.GetProperty("exitStatus").ValueKind == JsonValueKind.Object)
                status = "completed";
        }
        finally
        {
            await CallAsync("terminal/kill", new JsonObject { ["terminalId"] = terminal }, CancellationToken.None);
            await CallAsync("terminal/release", new JsonObject { ["terminalId"] = terminal }, CancellationToken.None);
            await EndAsync(id, status, null);
        }
    }

    public async Task PatchAsync(string rest, bool asks, CancellationToken cancellationToken)
    {
        var words = rest.Split(' ', 2);
        string path = Path.Combine(agent.Workspace, words[0]);
        string text = (words.Length > 1 ? words[1] : "") + "\n";
        JsonObject Diff() => new() { ["type"] = "diff", ["path"] = path, ["oldText"] = null, ["newText"] = text };
        string id = await BeginAsync("edit", $"Write {words[0]}", new JsonObject { ["path"] = path }, new JsonArray(Diff()), path);
        if (asks && agent.Mode != "acceptEdits" && !await MayAsync(id, "edit", $"Write {words[0]}", [], new JsonArray(Diff()), cancellationToken))
            return;
        try
        {
            await CallAsync("fs/write_text_file", new JsonObject { ["path"] = path, ["content"] = text }, cancellationToken);
            await EndAsync(id, "completed", null);
        }
        catch (JsonRpcErrorException refusal)
        {
            await EndAsync(id, "failed", Content(refusal.Error.Message));
        }
    }

    public async Task<string> ReadAsync(string file, CancellationToken cancellationToken)
    {
        string id = await BeginAsync("read", $"Read {file}", []);
        try
        {
            var read = await CallAsync("fs/read_text_file", new JsonObject { ["path"] = Path.Combine(agent.Workspace, file) }, cancellationToken);
            await EndAsync(id, "completed", null);
            return read.GetProperty("content").GetString()!;
        }
        catch (JsonRpcErrorException refusal)
        {
            await EndAsync(id, "failed", Content(refusal.Error.Message));
            return $"{refusal.Error.Code}";
        }
    }

    public async Task<string> PresentAsync(string plan, CancellationToken cancellationToken)
    {
        string id = await BeginAsync("switch_mode", "Ready to code?", new JsonObject { ["plan"] = plan });
        return await MayAsync(id, "switch_mode", "Ready to code?", new JsonObject { ["plan"] = plan }, null, cancellationToken) ? "accepted" : "not accepted";
    }

    public async Task<string> AskAsync(string question, CancellationToken cancellationToken)
    {
        var answer = await CallAsync("elicitation/create", new JsonObject
        {
            ["mode"] = "form",
            ["message"] = question,
            ["requestedSchema"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    ["answer"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray("red", "blue") },
                    ["answer_custom"] = new JsonObject { ["type"] = "string" },
                },
            },
        }, cancellationToken);
        return answer.GetProperty("action").GetString() == "accept" ? answer.GetProperty("content").ToString() : "(declined)";
    }

    public async Task<string> ExtensionAsync(string method, CancellationToken cancellationToken)
    {
        try
        {
            await CallAsync(method, [], cancellationToken);
            return "answered";
        }
        catch (JsonRpcErrorException refusal)
        {
            return $"{refusal.Error.Code}";
        }
    }

    public ValueTask TodoAsync(IEnumerable<string> steps) => agent.UpdateAsync(new JsonObject
    {
        ["sessionUpdate"] = "plan",
        ["entries"] = new JsonArray([.. steps.Select((step, index) => (JsonNode)new JsonObject
        {
            ["content"] = step, ["priority"] = "medium", ["status"] = index == 0 ? "completed" : "pending",
        })]),
    });

    public async Task LeaveAsync(string title) => await BeginAsync("other", title, []);

    public Task LateAsync() => EndAsync(lastCall, "completed", Content("too late"));

    private async Task<string> BeginAsync(string kind, string title, JsonObject input, JsonArray? content = null, string? path = null)
    {
        string id = lastCall = $"call-{Interlocked.Increment(ref calls)}";
        var update = new JsonObject
        {
            ["sessionUpdate"] = "tool_call",
            ["toolCallId"] = id,
            ["title"] = title,
            ["kind"] = kind,
            ["status"] = "pending",
            ["rawInput"] = input,
        };
        if (content is not null)
            update["content"] = content;
        if (path is not null)
            update["locations"] = new JsonArray(new JsonObject { ["path"] = path });
        await agent.UpdateAsync(update);
        return id;
    }

    /// <summary>Asks for permission as its mode demands. A refused call is ended.</summary>
    private async Task<bool> MayAsync(string id, string kind, string title, JsonObject input, JsonArray? content, CancellationToken cancellationToken)
    {
        if (agent.Mode == "yolo" || agent.Always.Contains(kind))
            return true;
        var call = new JsonObject { ["toolCallId"] = id, ["title"] = title, ["kind"] = kind, ["rawInput"] = input };
        if (content is not null)
            call["content"] = content;
        var answer = await CallAsync("session/request_permission", new JsonObject
        {
            ["toolCall"] = call,
            ["options"] = new JsonArray(
                Option("yes!", "Yes", "allow_once"), Option("always!", "Always", "allow_always"), Option("no!", "No", "reject_once")),
        }, cancellationToken);
        var outcome = answer.GetProperty("outcome");
        if (outcome.GetProperty("outcome").GetString() == "cancelled")
            throw new OperationCanceledException();
        string option = outcome.GetProperty("optionId").GetString()!;
        if (option == "always!")
            agent.Always.Add(kind);
        if (option != "no!")
            return true;
        await EndAsync(id, "failed", Content("rejected"));
        return false;
    }

    private async Task EndAsync(string id, string status, JsonArray? content)
    {
        var update = new JsonObject { ["sessionUpdate"] = "tool_call_update", ["toolCallId"] = id, ["status"] = status };
        if (content is not null)
            update["content"] = content;
        await agent.UpdateAsync(update);
    }

    private Task<JsonElement> CallAsync(string method, JsonObject parameters, CancellationToken cancellationToken)
    {
        parameters["sessionId"] = agent.Session;
        return agent.Connection.AskAsync(method, parameters, cancellationToken);
    }

    private static JsonArray Content(string text) => [new JsonObject { ["type"] = "content", ["content"] = Wire.Text(text) }];

    private static JsonObject Option(string id, string name, string kind) => new() { ["optionId"] = id, ["name"] = name, ["kind"] = kind };
}
