using System.ClientModel;
using System.ClientModel.Primitives;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Offstage.Agents.BuiltIn.Models;

/// <summary>OpenAI's two APIs through its SDK: by its protocol methods, because its types refuse what compatible servers leave out.</summary>
internal abstract class OpenAiClient(HttpClient http) : IModelClient
{
    public async IAsyncEnumerable<ModelChunk> AskAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var body = BinaryContent.Create(BinaryData.FromString(Write(request).ToJsonString()));
        var options = new RequestOptions { BufferResponse = false, CancellationToken = cancellationToken };
        var result = await ModelCalls.SendAsync(() => SendAsync(request.Model, body, options), cancellationToken);
        using var response = result.GetRawResponse();
        await using var stream = response.ContentStream ?? Stream.Null;
        var (read, end) = Reader();
        await foreach (var happened in ModelStream.ReadAsync(stream, cancellationToken))
        {
            foreach (var chunk in read(happened))
                yield return chunk;
        }

        foreach (var chunk in end())
            yield return chunk;
    }

    public void Dispose() => http.Dispose();

    protected abstract JsonObject Write(ModelRequest request);

    protected abstract Task<ClientResult> SendAsync(string model, BinaryContent body, RequestOptions options);

    protected abstract (Func<JsonElement, IEnumerable<ModelChunk>> Read, Func<IEnumerable<ModelChunk>> End) Reader();

    // A server that wants no key is sent one that says so: the SDK insists.
    protected static ApiKeyCredential Credential(string? key) => new(key ?? "none");

    protected static T Through<T>(HttpClient http, T options)
        where T : ClientPipelineOptions
    {
        options.RetryPolicy = new ClientRetryPolicy(maxRetries: 0);
        options.NetworkTimeout = Timeout.InfiniteTimeSpan;
        options.Transport = new HttpClientPipelineTransport(http);
        return options;
    }
}
