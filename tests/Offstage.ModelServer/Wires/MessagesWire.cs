using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Offstage.ModelServer.Wires;

/// <summary>Anthropic's Messages API, the part that Claude Code 2.1.197 uses.</summary>
internal sealed class MessagesWire : IModelWire
{
    public string Path => "/v1/messages";

    public ModelRequest Read(JsonElement body) => new(
        [.. body.GetProperty("messages").EnumerateArray().SelectMany(EntriesOf)],
        body.TryGetProperty("tools", out var tools)
            ? tools.EnumerateArray().Select(tool => tool.GetProperty("name").GetString()!).ToHashSet(StringComparer.Ordinal)
            : new HashSet<string>());

    public IModelStream Open(HttpContext context, JsonElement body, CancellationToken cancellationToken)
    {
        string model = body.GetProperty("model").GetString()!;
        return body.TryGetProperty("stream", out var stream) && stream.GetBoolean()
            ? new MessagesStream(context.Response, model, cancellationToken)
            : new MessagesAnswer(context.Response, model, cancellationToken);
    }

    /// <summary>A user's message holds tool results, the prompt, and what Claude Code adds in the person's name.</summary>
    private static IEnumerable<ModelEntry> EntriesOf(JsonElement message)
    {
        if (message.GetProperty("role").GetString() is not "user" and var role)
            return [role == "system" ? Added(message.GetProperty("content")) : new ModelEntry(EntryKind.Other, "")];
        var parts = PartsOf(message.GetProperty("content"));
        var entries = parts.Where(part => TypeOf(part) == "tool_result")
            .Select(part => new ModelEntry(EntryKind.ToolResult, part.TryGetProperty("content", out var result) ? result.ToString() : ""))
            .ToList();
        string[] texts = [.. parts.Where(part => TypeOf(part) == "text").Select(part => part.GetProperty("text").GetString()!)];
        foreach (string text in texts)
            entries.Add(new ModelEntry(IsAdded(text) ? EntryKind.Other : EntryKind.Prompt, text, parts.Count(part => TypeOf(part) == "image")));
        return entries;
    }

    /// <summary>What a person adds to a running turn comes as the system's word.</summary>
    private static ModelEntry Added(JsonElement content)
    {
        string text = string.Concat(PartsOf(content).Select(part => part.GetProperty("text").GetString()));
        const string head = "The user sent a new message while you were working:\n";
        return text.StartsWith(head, StringComparison.Ordinal)
            ? new ModelEntry(EntryKind.Prompt, text[head.Length..].Split("\n\nIMPORTANT:")[0])
            : new ModelEntry(EntryKind.Other, text);
    }

    private static bool IsAdded(string text) =>
        text.TrimStart().StartsWith('<') || text.StartsWith("[Request interrupted", StringComparison.Ordinal);

    private static JsonElement[] PartsOf(JsonElement content) => content.ValueKind == JsonValueKind.String
        ? [JsonSerializer.SerializeToElement(new { type = "text", text = content.GetString() })]
        : [.. content.EnumerateArray()];

    private static string? TypeOf(JsonElement part) => part.GetProperty("type").GetString();
}
