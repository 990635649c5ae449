using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Offstage.ModelServer.Wires;

/// <summary>OpenAI's Chat Completions API, the part that agents with an OpenAI-compatible provider use (OpenCode 1.18.33).</summary>
internal sealed class ChatCompletionsWire : IModelWire
{
    public string Path => "/v1/chat/completions";

    public ModelRequest Read(JsonElement body)
    {
        var entries = body.GetProperty("messages").EnumerateArray().Select(EntryOf).ToList();

        // OpenCode asks for a title beside each first prompt, with the prompt in it, and must not set its script going.
        return entries.Exists(entry => entry.Text.StartsWith("Generate a title for this conversation", StringComparison.Ordinal))
            ? new ModelRequest([new ModelEntry(EntryKind.Prompt, "@say A scripted title")], new HashSet<string>())
            : new ModelRequest(entries, ToolsOf(body));
    }

    public IModelStream Open(HttpContext context, JsonElement body, CancellationToken cancellationToken)
        => body.TryGetProperty("stream", out var streams) && streams.ValueKind == JsonValueKind.True
            ? new ChatCompletionsStream(context.Response, ModelOf(body), cancellationToken)
            : new ChatCompletionsWhole(context.Response, ModelOf(body), cancellationToken);

    private static HashSet<string> ToolsOf(JsonElement body) => body.TryGetProperty("tools", out var tools)
        ? tools.EnumerateArray().Select(NameOf).ToHashSet(StringComparer.Ordinal)
        : [];

    private static string ModelOf(JsonElement body) => body.TryGetProperty("model", out var model) ? model.GetString()! : "";

    private static string NameOf(JsonElement tool)
        => tool.TryGetProperty("function", out var function) ? function.GetProperty("name").GetString()! : tool.GetProperty("type").GetString()!;

    private static ModelEntry EntryOf(JsonElement message)
    {
        string? role = message.TryGetProperty("role", out var told) ? told.GetString() : null;
        var parts = PartsOf(message).ToList();
        string text = string.Join("\n", parts.Where(part => part.Type == "text").Select(part => part.Text));
        return role switch
        {
            "tool" => new ModelEntry(EntryKind.ToolResult, text),
            "user" when !IsReminder(text) => new ModelEntry(EntryKind.Prompt, text, parts.Count(part => part.Type == "image_url")),
            _ => new ModelEntry(EntryKind.Other, text),
        };
    }

    private static IEnumerable<(string Type, string Text)> PartsOf(JsonElement message)
    {
        if (!message.TryGetProperty("content", out var content))
            return [];
        return content.ValueKind switch
        {
            JsonValueKind.String => [("text", content.GetString()!)],
            JsonValueKind.Array => content.EnumerateArray().Select(part => (
                part.GetProperty("type").GetString()!,
                part.TryGetProperty("text", out var text) ? text.GetString()! : "")).Where(part => !IsReminder(part.Item2)),
            _ => [],
        };
    }

    // Agents add reminders of theirs to a prompt, or instead of one, in the person's name.
    private static bool IsReminder(string text) => text.TrimStart().StartsWith("<system-reminder>", StringComparison.Ordinal);
}
