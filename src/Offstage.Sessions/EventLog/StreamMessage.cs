using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Offstage.Contracts;

namespace Offstage.Sessions.EventLog;

/// <summary>
/// What a subscriber is sent, written once for all of them: a durable event with its sequence, or live text marked as such.
/// </summary>
public sealed class StreamMessage
{
    private StreamMessage(EventSequence? sequence, string kind, ReadOnlyMemory<byte> frame, Range json)
    {
        Sequence = sequence;
        Kind = kind;
        Frame = frame;
        Json = frame[json];
    }

    /// <summary>Null for what is sent live only.</summary>
    public EventSequence? Sequence { get; }

    public string Kind { get; }

    /// <summary>One JSON object in UTF-8, without line breaks.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>The same as a server-sent event (WHATWG HTML, § 9.2), its end included.</summary>
    public ReadOnlyMemory<byte> Frame { get; }

    internal static StreamMessage Durable(SessionEvent e, string data)
        => Durable(e.Session, e.Sequence, EventCodec.KindOf(e.Body), e.At, data);

    internal static StreamMessage Durable(SessionId session, EventSequence sequence, string kind, DateTimeOffset at, string data)
    {
        var buffer = Begin(sequence, kind, data.Length + 250, out int start);
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

        return End(sequence, kind, buffer, start);
    }

    internal static StreamMessage Live(SessionId session, TurnId turn, string itemId, DeltaKind kind, string text)
    {
        var buffer = Begin(null, "item.delta", text.Length + 250, out int start);
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

        return End(null, "item.delta", buffer, start);
    }

    private static ArrayBufferWriter<byte> Begin(EventSequence? sequence, string kind, int sizeHint, out int jsonStart)
    {
        var buffer = new ArrayBufferWriter<byte>(sizeHint);
        if (sequence is { } number)
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {number.Value}\n"), buffer);
        Encoding.UTF8.GetBytes($"event: {kind}\ndata: ", buffer);
        jsonStart = buffer.WrittenCount;
        return buffer;
    }

    private static StreamMessage End(EventSequence? sequence, string kind, ArrayBufferWriter<byte> buffer, int jsonStart)
    {
        int jsonEnd = buffer.WrittenCount;
        buffer.Write("\n\n"u8);
        return new StreamMessage(sequence, kind, buffer.WrittenMemory, jsonStart..jsonEnd);
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
