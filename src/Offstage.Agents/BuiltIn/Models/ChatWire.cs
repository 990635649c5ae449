using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Offstage.Agents.BuiltIn.Conversations;
using Offstage.Agents.Processes;

namespace Offstage.Agents.BuiltIn.Models;

/// <summary>Requests and answers of the Chat Completions API, as OpenAI has it and as compatible servers speak it.</summary>
internal static class ChatWire
{
    /// <param name="isCompatible">A server of others: it may not know OpenAI's newer names.</param>
    public static JsonObject Write(ModelRequest request, bool isCompatible)
    {
        var body = new JsonObject
        {
            ["model"] = request.Model,
            ["stream"] = true,
            ["stream_options"] = new JsonObject { ["include_usage"] = true },
            ["messages"] = new JsonArray([new JsonObject { ["role"] = "system", ["content"] = request.System }, .. request.Entries.Select(Message)]),
        };
        if (request.OutputTokensMax is { } max)
            body[isCompatible ? "max_tokens" : "max_completion_tokens"] = max;
        if (request.Effort is { } effort)
            body["reasoning_effort"] = effort;
        if (request.Tools.Count > 0)
        {
            body["tools"] = new JsonArray([.. request.Tools.Select(tool => new JsonObject
            {
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = tool.Name, ["description"] = tool.Description, ["parameters"] = JsonNode.Parse(tool.Parameters) },
            })]);
        }

        return body;
    }

    private static JsonObject Message(Entry entry) => entry switch
    {
        Entry.Prompt { Images.Count: > 0 } prompt => User(new JsonArray([.. prompt.Images.Select(Image), Text(prompt.Text)])),
        Entry.Prompt prompt => User(prompt.Text),
        Entry.Addition addition => User(addition.Text),
        Entry.Answer answer => Assistant(answer),
        Entry.Result result => new JsonObject { ["role"] = "tool", ["tool_call_id"] = result.CallId, ["content"] = result.Text },
        Entry.Summary summary => User(ReminderText.Of(summary)),
        _ => User(ReminderText.Interrupted),
    };

    private static JsonObject User(JsonNode content) => new() { ["role"] = "user", ["content"] = content };

    private static JsonObject Assistant(Entry.Answer answer)
    {
        string text = string.Concat(answer.Parts.OfType<Part.Text>().Select(part => part.Value));
        var calls = answer.Calls.ToList();
        var message = new JsonObject { ["role"] = "assistant", ["content"] = text.Length > 0 ? text : calls.Count > 0 ? null : "(no text)" };
        if (calls.Count > 0)
        {
            message["tool_calls"] = new JsonArray([.. calls.Select(call => new JsonObject
            {
                ["id"] = call.Id,
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = call.Tool, ["arguments"] = call.Arguments },
            })]);
        }

        return message;
    }

    private static JsonObject Text(string text) => new() { ["type"] = "text", ["text"] = text };

    private static JsonObject Image(Picture image) => new()
    {
        ["type"] = "image_url",
        ["image_url"] = new JsonObject { ["url"] = $"data:{image.MediaType};base64,{Convert.ToBase64String(image.Data)}" },
    };

    /// <summary>One answer's events, in order; the calls are whole at its end only.</summary>
    internal sealed class Reader
    {
        private readonly List<OpenCall> calls = [];
        private ModelStop? stop;

        /// <exception cref="ModelException">The endpoint told an error.</exception>
        public IEnumerable<ModelChunk> Read(JsonElement happened)
        {
            if (happened.Find("error") is { } error)
                throw new ModelException(HttpFailures.ReadStreamed(error));
            var chunks = new List<ModelChunk>();
            if (happened.Find("usage") is { ValueKind: JsonValueKind.Object } usage)
                chunks.Add(new ModelChunk.Used(Count(usage)));
            if (happened.List("choices").FirstOrDefault() is not { ValueKind: JsonValueKind.Object } choice)
                return chunks;
            if (choice.Find("delta") is { } delta)
                Add(delta, chunks);
            if (choice.FindText("finish_reason") is { } reason)
            {
                stop = reason switch
                {
                    "length" => ModelStop.Length,
                    "content_filter" => ModelStop.Refused,
                    _ => ModelStop.Done,
                };
            }

            return chunks;
        }

        public IEnumerable<ModelChunk> End() => stop is not { } ended
            ? []
            : [.. calls.Select(call => new ModelChunk.Call(call.Id, call.Tool.ToString(), call.Arguments.ToString())), new ModelChunk.Ended(ended)];

        private void Add(JsonElement delta, List<ModelChunk> chunks)
        {
            // The two names that servers with reasoning models use.
            if ((delta.FindText("reasoning_content") ?? delta.FindText("reasoning")) is { Length: > 0 } thought)
                chunks.Add(new ModelChunk.Reasoning(thought));
            if ((delta.FindText("content") ?? delta.FindText("refusal")) is { Length: > 0 } text)
                chunks.Add(new ModelChunk.Text(text));
            foreach (var part in delta.List("tool_calls"))
            {
                var call = Find(part);
                call.Tool.Append(part.Find("function")?.FindText("name"));
                call.Arguments.Append(part.Find("function")?.FindText("arguments"));
            }
        }

        // Some servers leave the index out and send each call whole; some, the id after the first piece.
        private OpenCall Find(JsonElement part)
        {
            long? index = part.FindNumber("index");
            string? id = part.FindText("id") is { Length: > 0 } told ? told : null;
            var call = index is not null ? calls.Find(one => one.Index == index)
                : id is null ? calls.LastOrDefault()
                : calls.Find(one => one.Id == id);
            if (call is null)
                calls.Add(call = new OpenCall { Index = index });
            if (call.Id.Length == 0 && id is not null)
                call.Id = id;
            return call;
        }

        private static ModelUsage Count(JsonElement usage) => new(
            usage.FindNumber("prompt_tokens") ?? 0,
            usage.Find("prompt_tokens_details")?.FindNumber("cached_tokens") ?? 0,
            0,
            usage.FindNumber("completion_tokens") ?? 0,
            usage.Find("completion_tokens_details")?.FindNumber("reasoning_tokens"));

        private sealed class OpenCall
        {
            public long? Index { get; init; }

            public string Id { get; set; } = "";

            public StringBuilder Tool { get; } = new();

            public StringBuilder Arguments { get; } = new();
        }
    }
}
