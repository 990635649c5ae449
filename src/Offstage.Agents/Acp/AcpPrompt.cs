using System.Text.Json.Nodes;
using Offstage.Agents.Processes;

namespace Offstage.Agents.Acp;

/// <summary>What is sent when it begins.</summary>
internal static class AcpHello
{
    public static JsonObject Parameters(int protocolVersion) => new()
    {
        ["protocolVersion"] = protocolVersion,
        ["clientCapabilities"] = new JsonObject
        {
            ["fs"] = new JsonObject { ["readTextFile"] = true, ["writeTextFile"] = true },
            ["terminal"] = true,
            ["elicitation"] = new JsonObject { ["form"] = new JsonObject() },
            // Agents that run commands themselves then tell their output and exit code apart from the model's text.
            ["_meta"] = new JsonObject { ["terminal_output"] = true },
        },
        ["clientInfo"] = new JsonObject { ["name"] = "offstage", ["title"] = "Offstage", ["version"] = "0.1.0" },
    };
}

internal static class AcpPrompt
{
    private const string PlanOnly = "Change nothing in this turn: look around as far as you need, and answer with a plan of what you would do.";

    /// <param name="asksForPlan">The agent has no mode for it, so it is told.</param>
    public static JsonObject Parameters(string session, TurnInput input, bool asksForPlan)
    {
        string text = PromptText.Compose(input);
        var blocks = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = asksForPlan ? $"{PlanOnly}\n\n{text}" : text });
        foreach (var image in input.Images)
        {
            blocks.Add((JsonNode)new JsonObject
            {
                ["type"] = "image",
                ["mimeType"] = image.MediaType,
                ["data"] = Convert.ToBase64String(image.Data.Span),
            });
        }

        return new JsonObject { ["sessionId"] = session, ["prompt"] = blocks };
    }
}
