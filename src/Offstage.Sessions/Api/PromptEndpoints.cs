using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Offstage.Sessions.Lifecycle;

namespace Offstage.Sessions.Api;

/// <summary>Asking, withdrawing, answering.</summary>
internal static class PromptEndpoints
{
    public static void Map(RouteGroupBuilder sessions)
    {
        sessions.MapPost("/{id}/prompts", AskAsync).Accepts<PromptBody>("application/json").Produces<PromptView>(202)
            .Described("addPrompt", "Asks the session for something. It is durable when this answers.", 400, 404, 409, 413, 415, 429);
        sessions.MapPost("/{id}/plan/accept", AcceptPlanAsync).Accepts<AcceptPlanBody>("application/json").Produces<PromptView>(202)
            .Described("acceptPlan", "Asks for the plan that the last turn ended with to be carried out.", 400, 404, 409, 413, 415, 429);
        sessions.MapDelete("/{id}/prompts/{promptId}", async (HttpContext http, string id, string promptId, SessionOperations operations) =>
            {
                await operations.DoAsync(
                    RequestInput.Session(id), new SessionCommand.Withdraw(RequestInput.Prompt(promptId)), http.RequestAborted);
                return TypedResults.NoContent();
            }).Produces(204)
            .Described("withdrawPrompt", "Withdraws a prompt that still waits.", 404, 409);
        sessions.MapGet("/{id}/attachments/{attachmentId}", async (HttpContext http, string id, string attachmentId, SessionOperations operations) =>
            {
                var found = await operations.GetAttachmentAsync(RequestInput.Session(id), RequestInput.Attachment(attachmentId), http.RequestAborted);

                // A name in it would be a browser's to act on; the type is the one that was found, and is not to be guessed at.
                http.Response.Headers.XContentTypeOptions = "nosniff";
                http.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
                return TypedResults.Bytes(found.Data, found.MediaType);
            }).Produces(200)
            .Described("getAttachment", "The bytes of what came with a prompt.", 404);
        sessions.MapPost("/{id}/requests/{requestId}/answer", AnswerAsync).Accepts<AnswerBody>("application/json").Produces<SessionView>(202)
            .Described("answerRequest", "Approves, declines, or answers questions.", 400, 404, 409, 413, 415);
    }

    private static async Task<IResult> AskAsync(HttpContext http, string id, SessionOperations operations)
    {
        var session = RequestInput.Session(id);
        var (body, raw) = await RequestInput.ReadBodyAsync(http, ApiJson.Default.PromptBody, RequestInput.LargeBodyBytesMax);
        var made = await operations.PromptAsync(
            session, body, IdempotencyUse.Of(RequestInput.IdempotencyKey(http), "prompt", raw), http.RequestAborted);
        if (made.Replayed)
            http.Response.Headers["Idempotency-Replayed"] = "true";
        return TypedResults.Json(made.View, ApiJson.Default.PromptView, statusCode: 202);
    }

    private static async Task<IResult> AcceptPlanAsync(HttpContext http, string id, SessionOperations operations)
    {
        var session = RequestInput.Session(id);
        var (body, raw) = await RequestInput.ReadBodyAsync(http, ApiJson.Default.AcceptPlanBody);
        var made = await operations.AcceptPlanAsync(
            session, body, IdempotencyUse.Of(RequestInput.IdempotencyKey(http), "accept plan", raw), http.RequestAborted);
        if (made.Replayed)
            http.Response.Headers["Idempotency-Replayed"] = "true";
        return TypedResults.Json(made.View, ApiJson.Default.PromptView, statusCode: 202);
    }

    private static async Task<IResult> AnswerAsync(HttpContext http, string id, string requestId, SessionOperations operations)
    {
        var session = RequestInput.Session(id);
        var request = RequestInput.Request(requestId);
        var (body, _) = await RequestInput.ReadBodyAsync(http, ApiJson.Default.AnswerBody);
        var view = await operations.AnswerAsync(session, request, body.Answer, body.Author, http.RequestAborted);
        return TypedResults.Json(view, ApiJson.Default.SessionView, statusCode: 202);
    }
}
