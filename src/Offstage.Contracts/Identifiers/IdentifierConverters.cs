using System.Text.Json;
using System.Text.Json.Serialization;

namespace Offstage.Contracts;

/// <summary>An id that is text in JSON.</summary>
public interface ITextId<TSelf>
    where TSelf : struct, ITextId<TSelf>
{
    string Value { get; }

    static abstract TSelf From(string value);
}

/// <summary>A counter that is a number in JSON.</summary>
public interface INumberId<TSelf>
    where TSelf : struct, INumberId<TSelf>
{
    long Number { get; }

    static abstract TSelf From(long value);
}

public sealed class TextIdConverter<TId> : JsonConverter<TId>
    where TId : struct, ITextId<TId>
{
    public override TId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => TId.From(reader.GetString() ?? throw new JsonException("An id is text."));

    public override void Write(Utf8JsonWriter writer, TId value, JsonSerializerOptions options)
        => writer.WriteStringValue(value.Value);
}

public sealed class NumberIdConverter<TId> : JsonConverter<TId>
    where TId : struct, INumberId<TId>
{
    public override TId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => TId.From(reader.GetInt64());

    public override void Write(Utf8JsonWriter writer, TId value, JsonSerializerOptions options)
        => writer.WriteNumberValue(value.Number);
}
