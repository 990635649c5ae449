using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Offstage.Contracts;
using Offstage.Sessions.EventLog;

namespace Offstage.Sessions.Api;

/// <summary>A page of events, or all that follow as server-sent events (WHATWG HTML, § 9.2).</summary>
internal static class EventEndpoints
{
    public static void Map(RouteGroupBuilder sessions)
        => sessions.MapGet("/{id}/events", GetAsync).Produces<EventPage>().Produces(200, contentType: "text/event-stream")
            .Described("listEvents", "Events after a sequence. With Accept: text/event-stream it follows; Last-Event-ID resumes.", 400, 404);

    private static async Task GetAsync(HttpContext http, string id, SessionOperations operations, EventStream stream, ServerStopping stopping)
    {
        var session = RequestInput.Session(id);
        var state = await operations.RequireAsync(session, http.RequestAborted);
        bool follows = http.Request.Headers.Accept.Any(a => a?.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase) == true);
        var header = http.Request.Headers["Last-Event-ID"];
        var after = RequestInput.After(follows && header.Count > 0 ? header : http.Request.Query["after"], EventSequence.None, state.Sequence);

        if (follows)
            await FollowAsync(http, session, after, stream, stopping);
        else
            await WritePageAsync(http, session, after, stream);
    }

    private static async Task WritePageAsync(HttpContext http, SessionId session, EventSequence after, EventStream stream)
    {
        int limit = RequestInput.Number(http, "limit", 200, 1, 1000);
        var page = await stream.ReadAsync(session, after, limit, http.RequestAborted);
        http.Response.ContentType = "application/json; charset=utf-8";
        await using var writer = new Utf8JsonWriter(http.Response.BodyWriter);
        writer.WriteStartObject();
        writer.WriteStartArray("events");
        foreach (var message in page)
            writer.WriteRawValue(message.Json.Span, skipInputValidation: true);
        writer.WriteEndArray();
        if (page.Count == limit)
            writer.WriteNumber("next", page[^1].Sequence!.Value.Value);
        writer.WriteEndObject();
        await writer.FlushAsync(http.RequestAborted);
    }

    private static async Task FollowAsync(HttpContext http, SessionId session, EventSequence after, EventStream stream, ServerStopping stopping)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping.Token);
        bool live = http.Request.Query["live"] != "false";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        var output = http.Response.BodyWriter;
        await output.FlushAsync(over.Token);
        try
        {
            await foreach (var batch in stream.FollowAsync(session, after, live, over.Token))
            {
                bool deleted = false;
                if (batch.Count == 0)
                    output.Write(": still here\n\n"u8);
                foreach (var message in batch)
                {
                    output.Write(message.Frame.Span);
                    deleted |= message.Kind == "session.deleted";
                }

                await output.FlushAsync(over.Token);
                if (deleted)
                    return;
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The subscriber went away, or the server stops: it comes back with Last-Event-ID.
        }
    }
}
