using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Offstage.Processes.JsonRpc;

namespace Offstage.Agents.Tests.JsonRpc;

/// <summary>A connection and the raw bytes at its other end.</summary>
internal sealed class JsonRpcPair : IAsyncDisposable
{
    private readonly Pipe toConnection = new(new PipeOptions(pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 32 * 1024));
    private readonly Pipe fromConnection = new(new PipeOptions(pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 32 * 1024));
    private readonly StreamReader said;

    public JsonRpcPair(JsonRpcOptions? options = null)
    {
        Connection = new JsonRpcConnection(toConnection.Reader.AsStream(), fromConnection.Writer.AsStream(), options);
        said = new StreamReader(fromConnection.Reader.AsStream());
    }

    public static JsonTypeInfo<Dictionary<string, int>> Numbers => TestJson.Default.DictionaryStringInt32;

    public JsonRpcConnection Connection { get; }

    public PipeWriter Input => toConnection.Writer;

    public async Task SayAsync(string text) => await Input.WriteAsync(Encoding.UTF8.GetBytes(text));

    public async Task<string> HearAsync() => await said.ReadLineAsync(TestContext.Current.CancellationToken) ?? "(end)";

    public async Task<T> NextAsync<T>()
        where T : JsonRpcMessage =>
        Assert.IsType<T>(await Connection.Incoming.ReadAsync(TestContext.Current.CancellationToken));

    public async Task<JsonRpcClosed> ClosedAsync() =>
        await Connection.Closed.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}

[JsonSerializable(typeof(Dictionary<string, int>))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class TestJson : JsonSerializerContext;
