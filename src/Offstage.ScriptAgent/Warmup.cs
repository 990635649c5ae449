using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Offstage.Agents.Script;
using Offstage.Contracts;

namespace Offstage.ScriptAgent;

/// <summary>Has the serializers compiled while the adapter is still opening the conversation: they were most of the time
/// that a first turn took.</summary>
internal static class Warmup
{
    public static void Run()
    {
        var item = new Item("", ItemStatus.Completed, new ItemBody.Message(""));
        Write(new TurnStartedNotification(0), ScriptJson.Default.TurnStartedNotification);
        Write(new ItemNotification(0, item), ScriptJson.Default.ItemNotification);
        Write(new ItemNotification(0, item with { Body = new ItemBody.Command("", null, null, 0, 0) }), ScriptJson.Default.ItemNotification);
        Write(new DeltaNotification(0, "", DeltaKind.Message, ""), ScriptJson.Default.DeltaNotification);
        Write(new TurnEndedNotification(0, "", null), ScriptJson.Default.TurnEndedNotification);
        Write(new TurnResponse(0), ScriptJson.Default.TurnResponse);
        JsonSerializer.Deserialize("""{"text":""}""", ScriptJson.Default.TurnStartParams);
    }

    private static void Write<T>(T value, JsonTypeInfo<T> type)
    {
        using var writer = new Utf8JsonWriter(new ArrayBufferWriter<byte>());
        JsonSerializer.Serialize(writer, value, type);
    }
}
