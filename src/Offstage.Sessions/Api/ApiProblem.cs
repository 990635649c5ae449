using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Offstage.Sessions.Lifecycle;

namespace Offstage.Sessions.Api;

/// <summary>A request that is not carried out. Becomes <c>application/problem+json</c> (RFC 9457) with a stable code.</summary>
/// <param name="retryable">Nothing was applied and the cause passes by itself.</param>
public sealed class ApiProblemException(int status, string code, string detail, bool retryable = false) : Exception(detail)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public bool Retryable { get; } = retryable;

    public static ApiProblemException NotFound(string what)
        => new(StatusCodes.Status404NotFound, $"{what}_not_found", $"There is no such {what}.");

    public static ApiProblemException Invalid(string code, string detail)
        => new(StatusCodes.Status400BadRequest, code, detail);

    internal static ApiProblemException Of(Rejection rejection) => new(
        rejection switch
        {
            Rejection.SessionNotFound or Rejection.CheckpointNotFound => StatusCodes.Status404NotFound,
            Rejection.QueueFull => StatusCodes.Status429TooManyRequests,
            Rejection.AnswerDoesNotFit => StatusCodes.Status400BadRequest,
            _ => StatusCodes.Status409Conflict,
        },
        rejection.Code,
        rejection.Message,
        retryable: rejection is Rejection.QueueFull);
}

/// <summary>The body of every answer that is an error.</summary>
/// <param name="Type">Always <c>about:blank</c>: the code says which problem it is.</param>
public sealed record Problem(string Type, string Title, int Status, string Code, string Detail, bool Retryable);

public static class ApiProblems
{
    public static Problem ToProblem(ApiProblemException e)
        => new("about:blank", Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(e.Status), e.Status, e.Code, e.Message, e.Retryable);

    public static async Task WriteAsync(HttpContext context, ApiProblemException e)
    {
        context.Response.StatusCode = e.Status;
        if (e.Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = "1";
        await context.Response.WriteAsJsonAsync(ToProblem(e), ApiJson.Default.Problem, "application/problem+json");
    }

    /// <summary>What kind of problem an exception is; null when it is a bug.</summary>
    public static ApiProblemException? Translate(Exception e) => e switch
    {
        ApiProblemException problem => problem,
        Sql.StoreUnavailableException => new(
            StatusCodes.Status503ServiceUnavailable, "store_unavailable", "The store cannot be reached. Nothing was changed; try again.", retryable: true),
        Sql.StoreOutcomeUnknownException => new(
            StatusCodes.Status503ServiceUnavailable, "outcome_unknown",
            "The store's answer was lost: the change may have been made. Look before trying again, or repeat with the same Idempotency-Key.", retryable: false),
        BadHttpRequestException bad => new(
            bad.StatusCode, bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "body_too_large" : "bad_request",
            bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? $"The body is larger than {RequestInput.LargeBodyBytesMax >> 20} MiB, which is the limit." : "The request cannot be read."),
        JsonException json => ApiProblemException.Invalid("invalid_body", $"The body does not fit: {json.Message}"),
        _ => null,
    };
}
