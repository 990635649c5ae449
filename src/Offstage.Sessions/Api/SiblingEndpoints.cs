using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Offstage.Sessions.Api;

/// <summary>Several answers to one task: looking at them side by side, and keeping one.</summary>
internal static class SiblingEndpoints
{
    public static void Map(RouteGroupBuilder sessions)
    {
        sessions.MapPost("/{id}/compare", CompareAsync).Accepts<CompareBody>("application/json").Produces<ComparisonView>()
            .Described("compareSiblings", "The sessions with the same task side by side, with the outcome of a test in each if one is given.", 400, 404, 409, 413, 415);
        sessions.MapPost("/{id}/keep", async (HttpContext http, string id, SessionOperations operations)
                => TypedResults.Json(await operations.KeepAsync(RequestInput.Session(id), http.RequestAborted), ApiJson.Default.SessionView, statusCode: 202))
            .Produces<SessionView>(202)
            .Described("keepSession", "Keeps this one of its siblings and archives the others, with their work saved.", 404, 409);
    }

    private static async Task<ComparisonView> CompareAsync(HttpContext http, string id, SessionOperations operations, SiblingComparison comparison)
    {
        var session = RequestInput.Session(id);
        var (body, _) = await RequestInput.ReadBodyAsync(http, ApiJson.Default.CompareBody);
        var state = await operations.RequireAsync(session, http.RequestAborted);
        return await comparison.CompareAsync(state, body, http.RequestAborted);
    }
}
