using System.Text.Json;
using System.Text.Json.Nodes;
using Offstage.Processes.JsonRpc;

namespace Offstage.AcpAgent;

/// <summary>One process, one session at a time, one turn at a time.</summary>
internal sealed class Agent(JsonRpcConnection connection, string folder)
{
    private static readonly string[] Modes = ["default", "acceptEdits", "yolo", "plan"];
    private static readonly string[] Models = ["scripted", "other"];

    private Turn? turn;

    public JsonRpcConnection Connection => connection;

    public string Session { get; private set; } = "";

    public string Workspace { get; private set; } = "/";

    public string Mode { get; private set; } = "default";

    public string Model { get; private set; } = "scripted";

    /// <summary>Kinds of tool calls that were allowed for good.</summary>
    public HashSet<string> Always { get; } = [];

    public async Task RunAsync()
    {
        await foreach (var message in connection.Incoming.ReadAllAsync())
        {
            if (message is JsonRpcMessage.Request request)
                await AnswerAsync(request);
            else if (message.Method == "session/cancel")
                turn?.Cancel();
        }
    }

    private async Task AnswerAsync(JsonRpcMessage.Request request)
    {
        switch (request.Method)
        {
            case "initialize":
                await connection.AnswerAsync(request, new JsonObject
                {
                    ["protocolVersion"] = 1,
                    ["agentInfo"] = new JsonObject { ["name"] = "acp-agent", ["version"] = "1.0.0" },
                    ["agentCapabilities"] = new JsonObject
                    {
                        ["loadSession"] = true,
                        ["promptCapabilities"] = new JsonObject { ["image"] = true },
                    },
                    ["authMethods"] = new JsonArray(),
                });
                break;
            case "session/new":
                Session = Guid.NewGuid().ToString();
                Workspace = request.Params.GetProperty("cwd").GetString()!;
                Directory.CreateDirectory(folder);
                await File.WriteAllTextAsync(FileOf(Session), "");
                await connection.AnswerAsync(request, Opened());
                await connection.TellAsync("session/update", new JsonObject
                {
                    ["sessionId"] = Session,
                    ["update"] = new JsonObject { ["sessionUpdate"] = "available_commands_update", ["availableCommands"] = new JsonArray() },
                });
                break;
            case "session/load":
                await LoadAsync(request);
                break;
            case "session/set_mode" when Modes.Contains(request.Params.GetProperty("modeId").GetString()):
                Mode = request.Params.GetProperty("modeId").GetString()!;
                await connection.AnswerAsync(request, []);
                break;
            case "session/set_config_option" when Models.Contains(request.Params.GetProperty("value").GetString()):
                Model = request.Params.GetProperty("value").GetString()!;
                await connection.AnswerAsync(request, new JsonObject { ["configOptions"] = Options() });
                break;
            case "session/prompt":
                var prompt = new Prompt(request.Params);
                int earlier = (await File.ReadAllLinesAsync(FileOf(Session))).Length;
                await File.AppendAllTextAsync(FileOf(Session), JsonSerializer.Serialize(prompt.Text) + "\n");
                turn = new Turn(this, request, prompt, earlier);
                _ = Task.Run(turn.RunAsync);
                break;
            case "session/set_mode" or "session/set_config_option":
                await connection.RespondErrorAsync(request.Id, JsonRpcError.InvalidParams, "Invalid params", CancellationToken.None);
                break;
            default:
                await connection.RespondErrorAsync(request.Id, JsonRpcError.MethodNotFound, $"\"Method not found\": {request.Method}", CancellationToken.None);
                break;
        }
    }

    private async Task LoadAsync(JsonRpcMessage.Request request)
    {
        string id = request.Params.GetProperty("sessionId").GetString()!;
        if (!Guid.TryParse(id, out _) || !File.Exists(FileOf(id)))
        {
            await connection.RespondErrorAsync(request.Id, -32002, $"Resource not found: {id}", CancellationToken.None);
            return;
        }

        Session = id;
        Workspace = request.Params.GetProperty("cwd").GetString()!;
        int number = 0;
        foreach (string line in await File.ReadAllLinesAsync(FileOf(id)))
        {
            await UpdateAsync(new JsonObject { ["sessionUpdate"] = "user_message_chunk", ["content"] = Wire.Text(JsonSerializer.Deserialize<string>(line)!) });
            await UpdateAsync(new JsonObject
            {
                ["sessionUpdate"] = "tool_call",
                ["toolCallId"] = $"past-{++number}",
                ["title"] = "past",
                ["kind"] = "execute",
                ["status"] = "completed",
            });
            await UpdateAsync(new JsonObject { ["sessionUpdate"] = "agent_message_chunk", ["content"] = Wire.Text("an answer of the past") });
        }

        await connection.AnswerAsync(request, Opened());
    }

    public ValueTask UpdateAsync(JsonObject update) =>
        connection.TellAsync("session/update", new JsonObject { ["sessionId"] = Session, ["update"] = update });

    private JsonObject Opened() => new()
    {
        ["sessionId"] = Session,
        ["modes"] = new JsonObject
        {
            ["currentModeId"] = Mode,
            ["availableModes"] = new JsonArray([.. Modes.Select(mode => (JsonNode)new JsonObject { ["id"] = mode, ["name"] = mode })]),
        },
        ["configOptions"] = Options(),
    };

    private JsonArray Options() =>
    [
        new JsonObject
        {
            ["id"] = "model", ["name"] = "Model", ["category"] = "model", ["type"] = "select", ["currentValue"] = Model,
            ["options"] = new JsonArray([.. Models.Select(model => (JsonNode)new JsonObject { ["value"] = model, ["name"] = model })]),
        },
    ];

    private string FileOf(string session) => Path.Combine(folder, session);
}

internal sealed class Prompt
{
    private const string Header = "The prompt to work on now:";

    public Prompt(JsonElement parameters)
    {
        var blocks = parameters.GetProperty("prompt").EnumerateArray().ToList();
        Text = string.Join("\n", blocks.Where(one => one.GetProperty("type").GetString() == "text").Select(one => one.GetProperty("text").GetString()));
        Images = blocks.Count(one => one.GetProperty("type").GetString() == "image");
        int header = Text.LastIndexOf(Header, StringComparison.Ordinal);
        Lines = (header < 0 ? Text : Text[(header + Header.Length)..]).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    public string Text { get; }

    public int Images { get; }

    /// <summary>The script: what stands behind a record of an earlier conversation.</summary>
    public IReadOnlyList<string> Lines { get; }
}
