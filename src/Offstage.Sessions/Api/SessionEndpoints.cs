using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Offstage.Contracts;
using Offstage.Sessions.EventLog;
using Offstage.Sessions.Lifecycle;
using Offstage.Sql;

namespace Offstage.Sessions.Api;

/// <summary>Making, listing, reading, naming, ending sessions.</summary>
internal static class SessionEndpoints
{
    private static readonly string[] Statuses =
        ["created", "provisioning", "running", "awaiting_input", "stopping", "idle", "failed", "archived"];

    public static void Map(RouteGroupBuilder sessions)
    {
        sessions.MapPost("/", CreateAsync).Accepts<CreateSessionBody>("application/json").Produces<SessionView>(201)
            .Described("createSession", "Hands a task over.", 400, 409, 413, 415);
        sessions.MapGet("/", ListAsync).Produces<SessionPage>()
            .Described("listSessions", "Sessions, newest first. Filters: status (several), createdBy, repository.", 400);
        sessions.MapGet("/{id}", (HttpContext http, string id, SessionOperations operations)
                => operations.GetAsync(RequestInput.Session(id), http.RequestAborted)).Produces<SessionView>()
            .Described("getSession", "A session as it is now, with the reason it is so.", 404);
        sessions.MapPatch("/{id}", ChangeAsync).Accepts<PatchSessionBody>("application/json").Produces<SessionView>()
            .Described("changeSession", "Names a session, chooses what its next turns run with, changes its limits.", 400, 404, 409, 413, 415);
        sessions.MapDelete("/{id}", DeleteAsync).Produces(204)
            .Described("deleteSession", "Deletes a session for good: agent, sandbox, events, checkpoints.", 404);
        MapAct(sessions, "interrupt", "interruptTurn", "Stops the turn: final at once, forced after a bound.", _ => new SessionCommand.Interrupt());
        MapAct(sessions, "archive", "archiveSession", "Saves the work, ends agent and sandbox.", _ => new SessionCommand.Archive());
        MapAct(sessions, "unarchive", "unarchiveSession", "Takes the session up again.", _ => new SessionCommand.Unarchive());
        sessions.MapPost("/{id}/retry", async (HttpContext http, string id, SessionOperations operations)
                => TypedResults.Json(await operations.RetryAsync(RequestInput.Session(id), http.RequestAborted), ApiJson.Default.SessionView, statusCode: 202))
            .Produces<SessionView>(202).Described("retrySession", "Asks again what failed.", 404, 409);
        sessions.MapPost("/{id}/fork", ForkAsync).Accepts<ForkBody>("application/json").Produces<SessionView>(201)
            .Described("forkSession", "A new session that goes on from this one's conversation and files.", 400, 404, 409, 413, 415);
    }

    private static void MapAct(RouteGroupBuilder sessions, string act, string name, string summary, Func<HttpContext, SessionCommand> command)
        => sessions.MapPost($"/{{id}}/{act}", async (HttpContext http, string id, SessionOperations operations)
                => TypedResults.Json(
                    await operations.DoAsync(RequestInput.Session(id), command(http), http.RequestAborted), ApiJson.Default.SessionView, statusCode: 202))
            .Produces<SessionView>(202).Described(name, summary, 404, 409);

    private static async Task<IResult> CreateAsync(HttpContext http, SessionOperations operations)
    {
        var (body, raw) = await RequestInput.ReadBodyAsync(http, ApiJson.Default.CreateSessionBody, RequestInput.LargeBodyBytesMax);
        var made = await operations.CreateAsync(
            body, IdempotencyUse.Of(RequestInput.IdempotencyKey(http), "create", raw), http.RequestAborted);
        return Created(http, made);
    }

    private static JsonHttpResult<SessionView> Created(HttpContext http, SessionOperations.Made<SessionView> made)
    {
        http.Response.Headers.Location = $"/v1/sessions/{made.View.Id.Value}";
        if (made.Replayed)
            http.Response.Headers["Idempotency-Replayed"] = "true";
        return TypedResults.Json(made.View, ApiJson.Default.SessionView, statusCode: 201);
    }

    private static async Task<IResult> ForkAsync(HttpContext http, string id, SessionOperations operations, SessionHistory history)
    {
        var source = RequestInput.Session(id);
        var (body, raw) = await RequestInput.ReadBodyAsync(http, ApiJson.Default.ForkBody);
        await operations.RequireAsync(source, http.RequestAborted);
        var checkpoints = await history.ReadCheckpointsAsync(source, http.RequestAborted);
        (EventSequence? UpTo, string? Commit) from;
        switch (body)
        {
            case { Checkpoint: { } number, TurnId: null }:
                from = (null, (checkpoints.LastOrDefault(c => c.Number.Value == number) ?? throw ApiProblemException.NotFound("checkpoint")).Commit);
                break;
            case { Checkpoint: null, TurnId: { } last }:
                var turn = await history.RequireTurnAsync(source, RequestInput.Turn(last), http.RequestAborted);
                from = (turn.LastSequence, checkpoints.LastOrDefault(c => c.Number.Value <= turn.Number!.Value.Value)?.Commit);
                break;
            case { Checkpoint: null }:
                from = (null, checkpoints.Count > 0 ? checkpoints[^1].Commit : null);
                break;
            default:
                throw ApiProblemException.Invalid("invalid_body", "Say at most one of checkpoint and turnId.");
        }

        var key = IdempotencyUse.Of(RequestInput.IdempotencyKey(http), $"fork {source.Value}", raw);
        return Created(http, await operations.ForkAsync(source, body, from, key, http.RequestAborted));
    }

    private static async Task<SessionView> ChangeAsync(HttpContext http, string id, SessionOperations operations)
    {
        var session = RequestInput.Session(id);
        var (body, _) = await RequestInput.ReadBodyAsync(http, ApiJson.Default.PatchSessionBody);
        return await operations.ChangeAsync(session, body, http.RequestAborted);
    }

    private static async Task<IResult> DeleteAsync(HttpContext http, string id, SessionOperations operations)
    {
        await operations.DoAsync(RequestInput.Session(id), new SessionCommand.Delete(), http.RequestAborted);
        return TypedResults.NoContent();
    }

    private static async Task<SessionPage> ListAsync(HttpContext http, ISessionStore store)
    {
        int limit = RequestInput.Number(http, "limit", 50, 1, 200);
        string[] statuses = [.. http.Request.Query["status"].SelectMany(s => (s ?? "").Split(','))];
        if (statuses.FirstOrDefault(s => !Statuses.Contains(s)) is { } unknown)
            throw ApiProblemException.Invalid("invalid_parameter", $"'{unknown}' is no status. There are: {string.Join(", ", Statuses)}.");
        string? cursor = One(http, "cursor");
        if (cursor is not null && !IdSource.IsWellFormed(cursor, "ses_"))
            throw ApiProblemException.Invalid("invalid_cursor", "The cursor is not one that a page gave.");

        var filter = new SessionFilter(statuses, One(http, "createdBy"), One(http, "repository"), cursor is null ? null : new SessionId(cursor), limit + 1);
        var rows = await store.ListSessionsAsync(filter, http.RequestAborted);
        return new SessionPage(
            [.. rows.Take(limit).Select(ToSummary)],
            rows.Count > limit ? rows[limit - 1].Session.Value : null);
    }

    private static SessionSummary ToSummary(SessionRow row)
    {
        var state = SessionProjection.ReadState(row);
        return new SessionSummary(row.Session, row.Status, row.Title, row.Agent, row.Repository, row.CreatedAt, row.UpdatedAt, Explanation.Of(state).Why);
    }

    private static string? One(HttpContext http, string name)
    {
        var values = http.Request.Query[name];
        return values.Count switch
        {
            0 => null,
            1 when values[0] is { Length: > 0 and <= 2000 } value && !value.Any(char.IsControl) => value,
            _ => throw ApiProblemException.Invalid("invalid_parameter", string.Create(CultureInfo.InvariantCulture, $"'{name}' is given once, with a value of at most 2000 characters.")),
        };
    }
}
