using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Offstage.Agents.BuiltIn.Models;

/// <summary>Server-sent events that each hold a JSON object, up to the end of the stream or <c>[DONE]</c>.</summary>
/// <remarks>The SDKs' own readers throw on what a compatible server leaves out or adds, and one bad event would cost the answer.</remarks>
internal static class ModelStream
{
    /// <exception cref="ModelException">The connection broke, or an event is no JSON object.</exception>
    public static async IAsyncEnumerable<JsonElement> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var events = SseParser.Create(stream, static (_, data) => Parse(data)).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(events))
        {
            if (events.Current.Data is not { } data)
                yield break;
            yield return data;
        }
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<SseItem<JsonElement?>> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException)
        {
            throw new ModelException(new ModelFailure.Passing("model_unavailable", $"The connection to the model broke: {broken.Message}"), broken);
        }
    }

    private static JsonElement? Parse(ReadOnlySpan<byte> data)
    {
        if (data.Trim((byte)' ').SequenceEqual("[DONE]"u8))
            return null;
        try
        {
            var parsed = JsonElement.Parse(data);
            if (parsed.ValueKind == JsonValueKind.Object)
                return parsed;
        }
        catch (JsonException)
        {
            // Told below.
        }

        throw new ModelException(new ModelFailure.Passing("model_protocol_error", "The model's answer holds an event that is no JSON object."));
    }
}
