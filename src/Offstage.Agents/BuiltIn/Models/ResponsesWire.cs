using System.Text.Json;
using System.Text.Json.Nodes;
using Offstage.Agents.BuiltIn.Conversations;
using Offstage.Agents.Processes;

namespace Offstage.Agents.BuiltIn.Models;

/// <summary>Requests and answers of OpenAI's Responses API. Nothing is kept by the endpoint: reasoning goes back and forth encrypted.</summary>
internal static class ResponsesWire
{
    public static JsonObject Write(ModelRequest request, string answerer)
    {
        var body = new JsonObject
        {
            ["model"] = request.Model,
            ["stream"] = true,
            ["store"] = false,
            ["instructions"] = request.System,
            ["input"] = new JsonArray([.. request.Entries.SelectMany(entry => Items(entry, answerer))]),
        };
        if (request.OutputTokensMax is { } max)
            body["max_output_tokens"] = max;
        if (request.Effort is { } effort)
        {
            // Models that do not reason refuse both.
            body["reasoning"] = new JsonObject { ["effort"] = effort, ["summary"] = "auto" };
            body["include"] = new JsonArray("reasoning.encrypted_content");
        }

        if (request.Tools.Count > 0)
        {
            body["tools"] = new JsonArray([.. request.Tools.Select(tool => new JsonObject
            {
                ["type"] = "function",
                ["name"] = tool.Name,
                ["description"] = tool.Description,
                ["parameters"] = JsonNode.Parse(tool.Parameters),
                ["strict"] = false,
            })]);
        }

        return body;
    }

    private static IEnumerable<JsonObject> Items(Entry entry, string answerer) => entry switch
    {
        Entry.Prompt prompt => [User([.. prompt.Images.Select(Image), Text("input_text", prompt.Text)])],
        Entry.Addition addition => [User([Text("input_text", addition.Text)])],
        Entry.Answer answer => answer.Parts.Select(part => Item(part, answer.Model == answerer)).OfType<JsonObject>(),
        Entry.Result result => [new JsonObject { ["type"] = "function_call_output", ["call_id"] = result.CallId, ["output"] = result.Text }],
        Entry.Summary summary => [User([Text("input_text", ReminderText.Of(summary))])],
        _ => [User([Text("input_text", ReminderText.Interrupted)])],
    };

    private static JsonObject? Item(Part part, bool isOwn) => part switch
    {
        Part.Text text => new JsonObject
        {
            ["type"] = "message",
            ["role"] = "assistant",
            ["content"] = new JsonArray(Text("output_text", text.Value)),
        },
        Part.Call call => new JsonObject { ["type"] = "function_call", ["call_id"] = call.Id, ["name"] = call.Tool, ["arguments"] = call.Arguments },
        Part.Reasoning { Id: { } id, Proof: { } proof } reasoning when isOwn => new JsonObject
        {
            ["type"] = "reasoning",
            ["id"] = id,
            ["summary"] = reasoning.Value.Length == 0 ? new JsonArray() : new JsonArray(Text("summary_text", reasoning.Value)),
            ["encrypted_content"] = proof,
        },
        _ => null,
    };

    private static JsonObject User(JsonObject[] content) => new() { ["type"] = "message", ["role"] = "user", ["content"] = new JsonArray(content) };

    private static JsonObject Text(string type, string text) => new() { ["type"] = type, ["text"] = text };

    private static JsonObject Image(Picture image) => new()
    {
        ["type"] = "input_image",
        ["image_url"] = $"data:{image.MediaType};base64,{Convert.ToBase64String(image.Data)}",
    };

    /// <summary>One answer's events, in order.</summary>
    internal sealed class Reader
    {
        private readonly HashSet<string> told = new(StringComparer.Ordinal);

        /// <exception cref="ModelException">The endpoint told an error.</exception>
        public IEnumerable<ModelChunk> Read(JsonElement happened)
        {
            switch (happened.FindText("type"))
            {
                case "response.output_text.delta" or "response.refusal.delta" when happened.FindText("delta") is { Length: > 0 } text:
                    told.Add(happened.FindText("item_id") ?? "");
                    return [new ModelChunk.Text(text)];
                case "response.reasoning_summary_text.delta" or "response.reasoning_text.delta" when happened.FindText("delta") is { Length: > 0 } text:
                    told.Add(happened.FindText("item_id") ?? "");
                    return [new ModelChunk.Reasoning(text)];
                case "response.output_item.done" when happened.Find("item") is { } item:
                    return Done(item);
                case "response.completed" or "response.incomplete" when happened.Find("response") is { } response:
                    return Ended(response);
                case "response.failed":
                    throw new ModelException(HttpFailures.ReadStreamed(happened.Find("response")?.Find("error") ?? happened));
                case "error":
                    throw new ModelException(HttpFailures.ReadStreamed(happened.Find("error") ?? happened));
                default:
                    return [];
            }
        }

        private IEnumerable<ModelChunk> Done(JsonElement item)
        {
            bool isTold = told.Contains(item.FindText("id") ?? "");
            switch (item.FindText("type"))
            {
                case "function_call":
                    yield return new ModelChunk.Call(item.FindText("call_id") ?? "", item.FindText("name") ?? "", item.FindText("arguments") ?? "{}");
                    break;
                case "message" when !isTold && TextOf(item.List("content")) is { Length: > 0 } text:
                    yield return new ModelChunk.Text(text);
                    break;
                case "reasoning":
                    if (!isTold && TextOf(item.List("summary")) is { Length: > 0 } summary)
                        yield return new ModelChunk.Reasoning(summary);
                    yield return new ModelChunk.ReasoningDone(item.FindText("id"), item.FindText("encrypted_content"));
                    break;
            }
        }

        private static string TextOf(IEnumerable<JsonElement> parts) => string.Concat(parts.Select(part => part.FindText("text") ?? part.FindText("refusal")));

        private static IEnumerable<ModelChunk> Ended(JsonElement response)
        {
            if (response.Find("usage") is { } usage)
            {
                yield return new ModelChunk.Used(new ModelUsage(
                    usage.FindNumber("input_tokens") ?? 0,
                    usage.Find("input_tokens_details")?.FindNumber("cached_tokens") ?? 0,
                    0,
                    usage.FindNumber("output_tokens") ?? 0,
                    usage.Find("output_tokens_details")?.FindNumber("reasoning_tokens")));
            }

            yield return new ModelChunk.Ended(response.Find("incomplete_details")?.FindText("reason") switch
            {
                "max_output_tokens" => ModelStop.Length,
                "content_filter" => ModelStop.Refused,
                _ => ModelStop.Done,
            });
        }
    }
}
