using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Offstage.ModelServer.Wires;

/// <summary>OpenAI's Responses API, the part that Codex 0.169.0 uses.</summary>
internal sealed class ResponsesWire : IModelWire
{
    public string Path => "/v1/responses";

    public ModelRequest Read(JsonElement body) => new(
        [.. body.GetProperty("input").EnumerateArray().Select(EntryOf)],
        body.TryGetProperty("tools", out var tools)
            ? tools.EnumerateArray().Select(NameOf).ToHashSet(StringComparer.Ordinal)
            : new HashSet<string>());

    public IModelStream Open(HttpContext context, JsonElement body, CancellationToken cancellationToken)
        => new ResponsesStream(context.Response, cancellationToken);

    private static string NameOf(JsonElement tool)
        => tool.TryGetProperty("name", out var name) ? name.GetString()! : tool.GetProperty("type").GetString()!;

    private static ModelEntry EntryOf(JsonElement item)
    {
        if (item.TryGetProperty("type", out var type) && type.GetString()!.EndsWith("_call_output", StringComparison.Ordinal))
            return new ModelEntry(EntryKind.ToolResult, item.TryGetProperty("output", out var output) ? output.ToString() : "");
        if (!item.TryGetProperty("role", out var role) || role.GetString() != "user")
            return new ModelEntry(EntryKind.Other, "");
        var text = string.Concat(item.GetProperty("content").EnumerateArray()
            .Where(part => part.TryGetProperty("text", out _)).Select(part => part.GetProperty("text").GetString()));

        // Codex puts context before a prompt in the person's name.
        return text.StartsWith('<') || text.StartsWith("# AGENTS.md", StringComparison.Ordinal)
            ? new ModelEntry(EntryKind.Other, text)
            : new ModelEntry(
                EntryKind.Prompt, text, item.GetProperty("content").EnumerateArray().Count(part => part.GetProperty("type").GetString() == "input_image"));
    }
}
