using System.Buffers;
using System.Text.Json;
using Offstage.Contracts;

namespace Offstage.Sessions.EventLog;

/// <summary>
/// What a subscriber is sent, written once for all of them: a durable event with its sequence, or live text marked as such.
/// </summary>
public sealed class StreamMessage
{
    private StreamMessage(EventSequence? sequence, string kind, ReadOnlyMemory<byte> json)
    {
        Sequence = sequence;
        Kind = kind;
        Json = json;
    }

    /// <summary>Null for what is sent live only.</summary>
    public EventSequence? Sequence { get; }

    public string Kind { get; }

    /// <summary>One JSON object in UTF-8, without line breaks.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    internal static StreamMessage Durable(SessionEvent e, string data)
        => Durable(e.Session, e.Sequence, EventCodec.KindOf(e.Body), e.At, data);

    internal static StreamMessage Durable(SessionId session, EventSequence sequence, string kind, DateTimeOffset at, string data)
    {
        var buffer = new ArrayBufferWriter<byte>(data.Length + 160);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("sequence", sequence.Value);
            writer.WriteString("sessionId", session.Value);
            writer.WriteString("kind", kind);
            writer.WriteString("at", at);
            writer.WritePropertyName("data");
            writer.WriteRawValue(data, skipInputValidation: true);
            writer.WriteEndObject();
        }

        return new StreamMessage(sequence, kind, buffer.WrittenMemory);
    }

    internal static StreamMessage Live(SessionId session, TurnId turn, string itemId, DeltaKind kind, string text)
    {
        var buffer = new ArrayBufferWriter<byte>(text.Length + 200);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteBoolean("live", true);
            writer.WriteString("sessionId", session.Value);
            writer.WriteString("kind", "item.delta");
            writer.WriteStartObject("data");
            writer.WriteString("turn", turn.Value);
            writer.WriteString("itemId", itemId);
            writer.WriteString("stream", NameOf(kind));
            writer.WriteString("text", text);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return new StreamMessage(null, "item.delta", buffer.WrittenMemory);
    }

    private static string NameOf(DeltaKind kind) => kind switch
    {
        DeltaKind.Message => "message",
        DeltaKind.Reasoning => "reasoning",
        DeltaKind.CommandOutput => "command_output",
        DeltaKind.Plan => "plan",
        _ => "file_change",
    };
}
