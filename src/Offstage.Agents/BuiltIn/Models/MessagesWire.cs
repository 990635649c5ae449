using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Offstage.Agents.BuiltIn.Conversations;
using Offstage.Agents.Processes;

namespace Offstage.Agents.BuiltIn.Models;

/// <summary>Requests and answers of Anthropic's Messages API, version 2023-06-01.</summary>
internal static class MessagesWire
{
    private const int OutputTokensDefault = 16_000;

    public static JsonObject Write(ModelRequest request, string answerer)
    {
        var body = new JsonObject
        {
            ["model"] = request.Model,
            ["max_tokens"] = request.OutputTokensMax ?? OutputTokensDefault,
            ["stream"] = true,
            ["system"] = new JsonArray(Cached(Text(request.System))),
            ["messages"] = Messages(request.Entries, answerer),
        };
        if (request.Tools.Count > 0)
        {
            body["tools"] = new JsonArray([.. request.Tools.Select(tool => new JsonObject
            {
                ["name"] = tool.Name,
                ["description"] = tool.Description,
                ["input_schema"] = JsonNode.Parse(tool.Parameters),
            })]);
        }

        if (request.Effort is { } effort)
        {
            body["thinking"] = new JsonObject { ["type"] = "adaptive" };
            body["output_config"] = new JsonObject { ["effort"] = effort };
        }

        return body;
    }

    /// <summary>Turns alternate: what follows one another in the same role is one message.</summary>
    private static JsonArray Messages(IReadOnlyList<Entry> entries, string answerer)
    {
        var messages = new JsonArray();
        string? role = null;
        JsonArray content = [];
        foreach (var entry in entries)
        {
            string own = entry is Entry.Answer ? "assistant" : "user";
            if (own != role)
            {
                content = [];
                messages.Add(new JsonObject { ["role"] = role = own, ["content"] = content });
            }

            foreach (var block in Blocks(entry, answerer))
                content.Add(block);
        }

        // The endpoint remembers what it has read up to here, and the next request begins with the same.
        if (content.Count > 0 && content[^1] is JsonObject last && last["type"]?.GetValue<string>() is "text" or "tool_result" or "image")
            Cached((JsonObject)content[^1]!);
        return messages;
    }

    private static IEnumerable<JsonObject> Blocks(Entry entry, string answerer) => entry switch
    {
        Entry.Prompt prompt => [.. prompt.Images.Select(Image), Text(prompt.Text)],
        Entry.Addition addition => [Text(addition.Text)],
        Entry.Answer answer => answer.Parts.Select(part => Block(part, answer.Model == answerer)).OfType<JsonObject>() is var blocks && blocks.Any()
            ? blocks
            : [Text("(no text)")],
        Entry.Result result => [new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = result.CallId, ["content"] = result.Text, ["is_error"] = result.IsError }],
        Entry.Summary summary => [Text(ReminderText.Of(summary))],
        _ => [Text(ReminderText.Interrupted)],
    };

    private static JsonObject? Block(Part part, bool isOwn) => part switch
    {
        Part.Text text => Text(text.Value),
        Part.Call call => new JsonObject { ["type"] = "tool_use", ["id"] = call.Id, ["name"] = call.Tool, ["input"] = JsonNode.Parse(call.Arguments) },
        Part.Reasoning { Proof: { } data, IsHidden: true } when isOwn => new JsonObject { ["type"] = "redacted_thinking", ["data"] = data },
        Part.Reasoning { Proof: { } signature } reasoning when isOwn
            => new JsonObject { ["type"] = "thinking", ["thinking"] = reasoning.Value, ["signature"] = signature },
        _ => null,
    };

    // An empty text is refused.
    private static JsonObject Text(string text) => new() { ["type"] = "text", ["text"] = text.Trim().Length > 0 ? text : "(no text)" };

    private static JsonObject Image(Picture image) => new()
    {
        ["type"] = "image",
        ["source"] = new JsonObject { ["type"] = "base64", ["media_type"] = image.MediaType, ["data"] = Convert.ToBase64String(image.Data) },
    };

    private static JsonObject Cached(JsonObject block)
    {
        block["cache_control"] = new JsonObject { ["type"] = "ephemeral" };
        return block;
    }

    /// <summary>One answer's events, in order.</summary>
    internal sealed class Reader
    {
        private readonly Dictionary<long, OpenBlock> open = [];
        private ModelUsage usage = ModelUsage.None;

        /// <exception cref="ModelException">The endpoint told an error.</exception>
        public IEnumerable<ModelChunk> Read(JsonElement happened)
        {
            long index = happened.FindNumber("index") ?? 0;
            switch (happened.FindText("type"))
            {
                case "message_start" when happened.Find("message")?.Find("usage") is { } begun:
                    return [Count(begun)];
                case "content_block_start" when happened.Find("content_block") is { } block:
                    open[index] = new OpenBlock(block);
                    return Begun(block);
                case "content_block_delta" when happened.Find("delta") is { } delta:
                    return Delta(index, delta);
                case "content_block_stop" when open.Remove(index, out var ended):
                    return Ended(ended);
                case "message_delta":
                    return MessageDelta(happened);
                case "error":
                    throw new ModelException(HttpFailures.ReadStreamed(happened.Find("error") ?? happened));
                default:
                    return [];
            }
        }

        private static IEnumerable<ModelChunk> Begun(JsonElement block) => (block.FindText("type"), block.FindText("text") ?? block.FindText("thinking")) switch
        {
            ("text", { Length: > 0 } text) => [new ModelChunk.Text(text)],
            ("thinking", { Length: > 0 } text) => [new ModelChunk.Reasoning(text)],
            _ => [],
        };

        private IEnumerable<ModelChunk> Delta(long index, JsonElement delta)
        {
            switch (delta.FindText("type"))
            {
                case "text_delta" when delta.FindText("text") is { } text:
                    return [new ModelChunk.Text(text)];
                case "thinking_delta" when delta.FindText("thinking") is { } text:
                    return [new ModelChunk.Reasoning(text)];
                case "signature_delta" when open.TryGetValue(index, out var block):
                    block.Signature += delta.FindText("signature");
                    return [];
                case "input_json_delta" when open.TryGetValue(index, out var block):
                    block.Arguments.Append(delta.FindText("partial_json"));
                    return [];
                default:
                    return [];
            }
        }

        private static IEnumerable<ModelChunk> Ended(OpenBlock block) => block.Start.FindText("type") switch
        {
            "thinking" => [new ModelChunk.ReasoningDone(null, block.Signature is { Length: > 0 } signature ? signature : null)],
            "redacted_thinking" => [new ModelChunk.ReasoningDone(null, block.Start.FindText("data"), Hidden: true)],
            "tool_use" => [new ModelChunk.Call(
                block.Start.FindText("id") ?? "",
                block.Start.FindText("name") ?? "",
                block.Arguments.Length > 0 ? block.Arguments.ToString() : block.Start.Find("input")?.GetRawText() ?? "{}")],
            _ => [],
        };

        private IEnumerable<ModelChunk> MessageDelta(JsonElement happened)
        {
            if (happened.Find("usage") is { } told)
                yield return Count(told);
            if (happened.Find("delta")?.FindText("stop_reason") is { } reason)
            {
                yield return new ModelChunk.Ended(reason switch
                {
                    "max_tokens" or "model_context_window_exceeded" => ModelStop.Length,
                    "refusal" => ModelStop.Refused,
                    _ => ModelStop.Done,
                });
            }
        }

        // What the last event leaves out stands as the first told it.
        private ModelChunk.Used Count(JsonElement told)
        {
            long cached = told.FindNumber("cache_read_input_tokens") ?? usage.CachedInput;
            long written = told.FindNumber("cache_creation_input_tokens") ?? usage.CacheWrite;
            long fresh = told.FindNumber("input_tokens") ?? usage.Input - usage.CachedInput - usage.CacheWrite;
            usage = new ModelUsage(
                fresh + cached + written, cached, written, told.FindNumber("output_tokens") ?? usage.Output,
                told.Find("output_tokens_details")?.FindNumber("thinking_tokens") ?? usage.Reasoning);
            return new ModelChunk.Used(usage);
        }

        private sealed class OpenBlock(JsonElement start)
        {
            public JsonElement Start { get; } = start;

            public StringBuilder Arguments { get; } = new();

            public string Signature { get; set; } = start.FindText("signature") ?? "";
        }
    }
}
