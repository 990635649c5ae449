using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Offstage.Processes.JsonRpc;

/// <summary>The members of a message on its way out, after the version.</summary>
internal interface IOutgoing
{
    void WriteTo(Utf8JsonWriter json);
}

/// <param name="Id">Null makes it a notification.</param>
/// <param name="Type">Null sends no parameters.</param>
internal readonly record struct Call<T>(JsonRpcId? Id, string Method, T Parameters, JsonTypeInfo<T>? Type) : IOutgoing
{
    public void WriteTo(Utf8JsonWriter json)
    {
        Id?.WriteTo(json);
        json.WriteString("method"u8, Method);
        if (Type is null)
            return;
        json.WritePropertyName("params"u8);
        JsonSerializer.Serialize(json, Parameters, Type);
    }
}

internal readonly record struct Answer<T>(JsonRpcId Id, T Result, JsonTypeInfo<T> Type) : IOutgoing
{
    public void WriteTo(Utf8JsonWriter json)
    {
        Id.WriteTo(json);
        json.WritePropertyName("result"u8);
        JsonSerializer.Serialize(json, Result, Type);
    }
}

internal readonly record struct Refusal(JsonRpcId Id, int Code, string Message) : IOutgoing
{
    public void WriteTo(Utf8JsonWriter json)
    {
        Id.WriteTo(json);
        json.WriteStartObject("error"u8);
        json.WriteNumber("code"u8, Code);
        json.WriteString("message"u8, Message);
        json.WriteEndObject();
    }
}

/// <param name="AnswersInOrder">Its answer is a message among the peer's others.</param>
internal sealed record PendingRequest(string Method, bool AnswersInOrder = false)
{
    public TaskCompletionSource<JsonElement> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
