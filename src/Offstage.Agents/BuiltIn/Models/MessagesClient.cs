using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Anthropic;
using Anthropic.Core;
using Anthropic.Models.Messages;

namespace Offstage.Agents.BuiltIn.Models;

/// <summary>The Messages API through Anthropic's SDK, which knows how to reach and sign in to it.</summary>
internal sealed class MessagesClient : IModelClient
{
    private readonly HttpClient http;
    private readonly AnthropicClient client;

    public MessagesClient(string? baseUrl, string? key, HttpClient http)
    {
        this.http = http;

        // What is not set here, the SDK would look for in the environment and the home of the server.
        var options = new ClientOptions { HttpClient = http, MaxRetries = 0, Timeout = TimeSpan.FromDays(1), OpenTelemetry = false, ApiKey = key };
        client = new AnthropicClient(baseUrl is null ? options : options with { BaseUrl = baseUrl });
    }

    public async IAsyncEnumerable<ModelChunk> AskAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var body = MessagesWire.Write(request, ModelNames.Answerer(BuiltInWire.Messages, request.Model));
        using var response = await ModelCalls.SendAsync(
            () => client.WithRawResponse.Messages.CreateStreaming(
                MessageCreateParams.FromRawUnchecked(new Dictionary<string, JsonElement>(), new Dictionary<string, JsonElement>(), Members(body)), cancellationToken),
            cancellationToken);
        await using var stream = await response.ReadAsStream(cancellationToken);
        var reader = new MessagesWire.Reader();
        await foreach (var happened in ModelStream.ReadAsync(stream, cancellationToken))
        {
            foreach (var chunk in reader.Read(happened))
                yield return chunk;
        }
    }

    public void Dispose()
    {
        client.Dispose();
        http.Dispose();
    }

    private static Dictionary<string, JsonElement> Members(JsonObject body)
        => JsonElement.Parse(body.ToJsonString()).EnumerateObject().ToDictionary(member => member.Name, member => member.Value);
}
