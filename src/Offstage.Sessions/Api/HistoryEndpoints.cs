using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Offstage.Contracts;
using Offstage.Sessions.Effects;

namespace Offstage.Sessions.Api;

/// <summary>Turns, checkpoints, what changed between them, and going back to one.</summary>
internal static class HistoryEndpoints
{
    public static void Map(RouteGroupBuilder sessions)
    {
        sessions.MapGet("/{id}/turns", TurnsAsync).Produces<TurnPage>()
            .Described("listTurns", "Turns, oldest first, with their outcome, checkpoint and commit.", 400, 404);
        sessions.MapGet("/{id}/checkpoints", CheckpointsAsync).Produces<CheckpointPage>()
            .Described("listCheckpoints", "The workspace after each turn that changed it; 0 is before the first.", 404);
        sessions.MapGet("/{id}/diff", DiffAsync).Produces<DiffView>()
            .Described("getDiff", "What changed between two checkpoints: by default from the first to the latest.", 400, 404, 409);
        sessions.MapPost("/{id}/revert", RevertAsync).Accepts<RevertBody>("application/json").Produces<SessionView>(202)
            .Described("revertWorkspace", "Puts the workspace back to a checkpoint.", 400, 404, 409, 413, 415);
    }

    private static async Task<TurnPage> TurnsAsync(HttpContext http, string id, SessionOperations operations, SessionHistory history)
    {
        var session = RequestInput.Session(id);
        await operations.RequireAsync(session, http.RequestAborted);
        int limit = RequestInput.Number(http, "limit", 50, 1, 200);
        int after = RequestInput.Number(http, "cursor", 0, 0, int.MaxValue);
        var (turns, more) = await history.ReadTurnsAsync(session, after, limit, http.RequestAborted);
        return new TurnPage(turns, more ? (after + limit).ToString(CultureInfo.InvariantCulture) : null);
    }

    private static async Task<CheckpointPage> CheckpointsAsync(HttpContext http, string id, SessionOperations operations, SessionHistory history)
    {
        var session = RequestInput.Session(id);
        await operations.RequireAsync(session, http.RequestAborted);
        return new CheckpointPage(await history.ReadCheckpointsAsync(session, http.RequestAborted));
    }

    private static async Task<DiffView> DiffAsync(
        HttpContext http, string id, SessionOperations operations, SessionHistory history, IWorkspaces workspaces)
    {
        var state = await operations.RequireAsync(RequestInput.Session(id), http.RequestAborted);
        if (state.LatestCheckpoint is not { } latest)
            throw new ApiProblemException(StatusCodes.Status409Conflict, "no_checkpoints", "The session has no checkpoints yet.");
        int from = RequestInput.Number(http, "from", 0, 0, int.MaxValue);
        int to = RequestInput.Number(http, "to", latest.Value, 0, int.MaxValue);
        var known = (await history.ReadCheckpointsAsync(state.Session, http.RequestAborted)).Select(c => c.Number.Value).ToHashSet();
        if (!known.Contains(from) || !known.Contains(to))
            throw ApiProblemException.NotFound("checkpoint");
        try
        {
            var diff = await workspaces.DiffAsync(state, new CheckpointNumber(from), new CheckpointNumber(to), http.RequestAborted);
            return new DiffView(new CheckpointNumber(from), new CheckpointNumber(to), diff.Files, diff.Patch, diff.Truncated);
        }
        catch (WorkspaceException e)
        {
            throw new ApiProblemException(StatusCodes.Status409Conflict, "diff_unavailable", e.Message, e.Retryable);
        }
    }

    private static async Task<IResult> RevertAsync(HttpContext http, string id, SessionOperations operations, SessionHistory history)
    {
        var session = RequestInput.Session(id);
        var (body, _) = await RequestInput.ReadBodyAsync(http, ApiJson.Default.RevertBody);
        await operations.RequireAsync(session, http.RequestAborted);
        var known = await history.ReadCheckpointsAsync(session, http.RequestAborted);
        CheckpointNumber to;
        switch (body)
        {
            case { Checkpoint: { } number, TurnId: null }:
                to = known.FirstOrDefault(c => c.Number.Value == number)?.Number ?? throw ApiProblemException.NotFound("checkpoint");
                break;
            case { Checkpoint: null, TurnId: { } turn }:
                to = (await history.RequireTurnAsync(session, RequestInput.Turn(turn), http.RequestAborted)).Number!.Value;
                break;
            default:
                throw ApiProblemException.Invalid("invalid_body", "Say one of checkpoint and turnId.");
        }

        var files = known.LastOrDefault(c => c.Number.Value <= to.Value) ?? throw ApiProblemException.NotFound("checkpoint");
        var view = await operations.RevertAsync(session, to, files.Number, http.RequestAborted);
        return TypedResults.Json(view, ApiJson.Default.SessionView, statusCode: 202);
    }
}
