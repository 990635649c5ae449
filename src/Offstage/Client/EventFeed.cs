using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Offstage.Contracts;
using Offstage.Sessions.EventLog;
using Offstage.Sql;

namespace Offstage.Client;

/// <summary>What the stream of a session brings.</summary>
/// <param name="Json">The API's own object, on one line.</param>
internal abstract record FeedMessage(string Json)
{
    public sealed record Durable(string Json, SessionEvent Event) : FeedMessage(Json);

    /// <summary>Text while it comes: sent once, and kept nowhere (S7).</summary>
    public sealed record Live(string Json, string ItemId, string Stream, string Text) : FeedMessage(Json);
}

/// <summary>
/// A session's events as server-sent events, over any number of connections: a server that is restarted is found again and
/// asked for what follows the last event seen. No gap, no duplicate (S7).
/// </summary>
/// <param name="lost">Called when the connection is gone, and when it is back.</param>
internal sealed class EventFeed(ApiClient api, Action<bool> lost)
{
    private static readonly TimeSpan PauseFirst = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(2);

    /// <summary>How long a server may be away.</summary>
    private static readonly TimeSpan AwayMax = TimeSpan.FromMinutes(2);

    /// <summary>The server says every 15 seconds that it is there; after this silence it is taken for gone.</summary>
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(50);

    /// <returns>What came with one read of the connection; ends when the session was deleted.</returns>
    /// <exception cref="CommandException">The server stayed away, or does not know the session.</exception>
    public async IAsyncEnumerable<IReadOnlyList<FeedMessage>> FollowAsync(
        SessionId session, EventSequence after, bool live, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = after;
        var pause = PauseFirst;
        long? awaySince = null;
        while (true)
        {
            await using var connection = await TryOpenAsync(session, last, live, cancellationToken);
            if (connection is not null && awaySince is not null)
            {
                awaySince = null;
                lost(false);
            }

            while (connection is not null && await connection.ReadAsync(cancellationToken) is { } frames)
            {
                pause = PauseFirst;
                var batch = new List<FeedMessage>(frames.Count);
                bool gap = false;
                foreach (var message in frames.Select(f => Parse(session, f)))
                {
                    if (message is FeedMessage.Durable durable)
                    {
                        if (durable.Event.Sequence <= last)
                            continue;
                        gap = durable.Event.Sequence != last.Next;
                        if (gap)
                            break;
                        last = durable.Event.Sequence;
                    }

                    batch.Add(message);
                }

                if (batch.Count > 0)
                    yield return batch;
                if (batch.Any(m => m is FeedMessage.Durable { Event.Body: SessionEventBody.SessionDeleted }))
                    yield break;
                if (gap)
                    break;
            }

            if (awaySince is null)
            {
                awaySince = api.TimeProvider.GetTimestamp();
                lost(true);
            }
            else if (api.TimeProvider.GetElapsedTime(awaySince.Value) > AwayMax)
            {
                throw new CommandException(
                    "server_unreachable", $"The server at {api.Server.Url} is gone and did not come back. The session is kept; 'offstage up' takes it up again.");
            }

            await Task.Delay(pause, api.TimeProvider, cancellationToken);
            pause = pause * 2 < PauseMax ? pause * 2 : PauseMax;
            api.Relocate();
        }
    }

    private async Task<Connection?> TryOpenAsync(SessionId session, EventSequence after, bool live, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await api.OpenEventsAsync(session.Value, after.Value, live, cancellationToken);
            return new Connection(answer, await answer.Content.ReadAsStreamAsync(cancellationToken), api.TimeProvider);
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (ApiException refused) when ((int)refused.Status >= 500)
        {
            return null;
        }
    }

    private static FeedMessage Parse(SessionId session, byte[] data)
    {
        string json = Encoding.UTF8.GetString(data);
        using var document = JsonDocument.Parse(data);
        var root = document.RootElement;
        var body = root.GetProperty("data");
        if (root.TryGetProperty("live", out _))
        {
            return new FeedMessage.Live(
                json, body.GetProperty("itemId").GetString()!, body.GetProperty("stream").GetString()!, body.GetProperty("text").GetString()!);
        }

        return new FeedMessage.Durable(json, ReadEvent(session, root, body));
    }

    /// <summary>The wire says no schema version: a kind's fields keep their meaning, and what does not fit comes as unknown.</summary>
    private static SessionEvent ReadEvent(SessionId session, JsonElement root, JsonElement body) => EventCodec.Read(
        session,
        new StoredEvent(
            new EventSequence(root.GetProperty("sequence").GetInt64()), root.GetProperty("kind").GetString()!, SchemaVersion: 1,
            root.GetProperty("at").GetDateTimeOffset(), body.GetRawText()));

    public static FeedMessage.Durable ReadPaged(SessionId session, JsonElement item)
        => new(item.GetRawText(), ReadEvent(session, item, item.GetProperty("data")));

    /// <summary>One connection: cuts what it reads into the data of whole messages (WHATWG HTML, § 9.2).</summary>
    private sealed class Connection(HttpResponseMessage answer, Stream stream, TimeProvider timeProvider) : IAsyncDisposable
    {
        private byte[] buffer = new byte[32 * 1024];
        private int filled;
        private int scanned;
        private byte[]? data;

        /// <returns>At least one message, or none for a comment; null when the connection is over.</returns>
        public async Task<IReadOnlyList<byte[]>?> ReadAsync(CancellationToken cancellationToken)
        {
            if (filled == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
            using var silence = new CancellationTokenSource(SilenceMax, timeProvider);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
            try
            {
                int read = await stream.ReadAsync(buffer.AsMemory(filled), over.Token);
                if (read == 0)
                    return null;
                filled += read;
                return Cut();
            }
            catch (Exception e) when (e is IOException or HttpRequestException)
            {
                return null;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return null;
            }
        }

        public async ValueTask DisposeAsync()
        {
            await stream.DisposeAsync();
            answer.Dispose();
        }

        private List<byte[]> Cut()
        {
            var messages = new List<byte[]>();
            int start = 0;
            while (buffer.AsSpan(scanned, filled - scanned).IndexOf((byte)'\n') is >= 0 and var found)
            {
                var line = buffer.AsSpan(start, scanned + found - start).TrimEnd((byte)'\r');
                if (line.Length == 0)
                {
                    if (data is not null)
                        messages.Add(data);
                    data = null;
                }
                else if (line.StartsWith("data: "u8))
                {
                    data = line["data: "u8.Length..].ToArray();
                }

                start = scanned += found + 1;
            }

            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
            scanned = filled;
            return messages;
        }
    }
}
