using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Offstage.Processes.JsonRpc;

namespace Offstage.AcpAgent;

[JsonSerializable(typeof(JsonObject))]
internal sealed partial class Wire : JsonSerializerContext
{
    public static JsonObject Text(string text) => new() { ["type"] = "text", ["text"] = text };
}

internal static class WireCalls
{
    public static Task<JsonElement> AskAsync(this JsonRpcConnection connection, string method, JsonObject parameters, CancellationToken cancellationToken) =>
        connection.RequestAsync(method, parameters, Wire.Default.JsonObject, cancellationToken);

    public static ValueTask TellAsync(this JsonRpcConnection connection, string method, JsonObject parameters) =>
        connection.NotifyAsync(method, parameters, Wire.Default.JsonObject, moreFollows: false, CancellationToken.None);

    public static ValueTask<bool> AnswerAsync(this JsonRpcConnection connection, JsonRpcMessage.Request request, JsonObject result) =>
        connection.RespondAsync(request.Id, result, Wire.Default.JsonObject, CancellationToken.None);
}
