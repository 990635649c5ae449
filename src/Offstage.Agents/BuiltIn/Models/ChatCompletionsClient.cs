using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenAI;
using OpenAI.Chat;

namespace Offstage.Agents.BuiltIn.Models;

internal sealed class ChatCompletionsClient : OpenAiClient
{
    private readonly ApiKeyCredential credential;
    private readonly OpenAIClientOptions options;
    private readonly bool isCompatible;

    public ChatCompletionsClient(string? baseUrl, string? key, HttpClient http)
        : base(http)
    {
        isCompatible = baseUrl is not null;
        credential = Credential(key);
        options = Through(http, new OpenAIClientOptions());
        if (baseUrl is not null)
            options.Endpoint = new Uri(baseUrl);
    }

    protected override JsonObject Write(ModelRequest request) => ChatWire.Write(request, isCompatible);

    protected override Task<ClientResult> SendAsync(string model, BinaryContent body, RequestOptions request)
        => new ChatClient(model, credential, options).CompleteChatAsync(body, request);

    protected override (Func<JsonElement, IEnumerable<ModelChunk>> Read, Func<IEnumerable<ModelChunk>> End) Reader()
    {
        var reader = new ChatWire.Reader();
        return (reader.Read, reader.End);
    }
}
