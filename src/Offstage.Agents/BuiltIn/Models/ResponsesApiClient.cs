using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenAI.Responses;

namespace Offstage.Agents.BuiltIn.Models;

// The SDK marks its client for this API as one that may change. Only its way to send a body is used.
#pragma warning disable OPENAI001
internal sealed class ResponsesApiClient : OpenAiClient
{
    private readonly ResponsesClient client;

    public ResponsesApiClient(string? baseUrl, string? key, HttpClient http)
        : base(http)
    {
        var options = Through(http, new ResponsesClientOptions());
        if (baseUrl is not null)
            options.Endpoint = new Uri(baseUrl);
        client = new ResponsesClient(Credential(key), options);
    }

    protected override JsonObject Write(ModelRequest request)
        => ResponsesWire.Write(request, ModelNames.Answerer(BuiltInWire.Responses, request.Model));

    protected override Task<ClientResult> SendAsync(string model, BinaryContent body, RequestOptions request) => client.CreateResponseAsync(body, request);

    protected override (Func<JsonElement, IEnumerable<ModelChunk>> Read, Func<IEnumerable<ModelChunk>> End) Reader()
        => (new ResponsesWire.Reader().Read, static () => []);
}
