using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Offstage.Agents.Processes;

namespace Offstage.Agents.ClaudeCode;

/// <summary>What is said to Claude Code, in the shapes of the public Agent SDK. What it says is read leniently instead, so
/// that a member that comes or goes breaks nothing.</summary>
internal static class ClaudeWire
{
    public static JsonObject Initialize() => new()
    {
        ["subtype"] = "initialize",

        // Otherwise of a sub-agent only its tools are told.
        ["forwardSubagentText"] = true,
    };

    public static JsonObject Request(string id, JsonObject request) =>
        new() { ["type"] = "control_request", ["request_id"] = id, ["request"] = request };

    public static JsonObject Answer(string id, JsonObject answer) => new()
    {
        ["type"] = "control_response",
        ["response"] = new JsonObject { ["subtype"] = "success", ["request_id"] = id, ["response"] = answer },
    };

    public static JsonObject Refusal(string id, string error) => new()
    {
        ["type"] = "control_response",
        ["response"] = new JsonObject { ["subtype"] = "error", ["request_id"] = id, ["error"] = error },
    };

    /// <param name="input">What the tool is to be called with; undefined is nothing.</param>
    public static JsonObject Allow(JsonElement input) => new()
    {
        ["behavior"] = "allow",
        ["updatedInput"] = input.ValueKind == JsonValueKind.Object ? JsonNode.Parse(input.GetRawText()) : new JsonObject(),
    };

    public static JsonObject Deny(string message) => new() { ["behavior"] = "deny", ["message"] = message };

    public static JsonObject Prompt(string uuid, TurnInput input)
    {
        var content = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = PromptText.Compose(input) });
        foreach (var image in input.Images)
        {
            content.Add((JsonNode)new JsonObject
            {
                ["type"] = "image",
                ["source"] = new JsonObject
                {
                    ["type"] = "base64",
                    ["media_type"] = image.MediaType,
                    ["data"] = Convert.ToBase64String(image.Data.Span),
                },
            });
        }

        return new JsonObject
        {
            ["type"] = "user",
            ["uuid"] = uuid,
            ["session_id"] = "",
            ["parent_tool_use_id"] = null,
            ["message"] = new JsonObject { ["role"] = "user", ["content"] = content },
        };
    }
}

[JsonSerializable(typeof(JsonObject))]
internal sealed partial class ClaudeJson : JsonSerializerContext;
