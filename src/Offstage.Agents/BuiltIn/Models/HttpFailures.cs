using System.Net;
using System.Text.Json;
using Offstage.Agents.Processes;

namespace Offstage.Agents.BuiltIn.Models;

/// <summary>What an endpoint's refusal means, the same for all APIs.</summary>
internal static class HttpFailures
{
    private const int MessageCharsMax = 500;

    // What the vendors and the usual compatible servers say; there is no code that all of them share.
    private static readonly string[] TooLongSigns =
        ["context_length_exceeded", "context window", "maximum context length", "prompt is too long", "input is too long", "exceeds the context"];

    /// <param name="body">Of the answer; it need not be JSON.</param>
    public static ModelFailure Read(HttpStatusCode status, string body, TimeSpan? retryAfter)
    {
        int number = (int)status;
        var (kind, said) = Explain(body);
        string message = $"{Sentence(number)} ({number}): {said}";
        bool IsSaid(string sign) => kind.Contains(sign, StringComparison.OrdinalIgnoreCase) || said.Contains(sign, StringComparison.OrdinalIgnoreCase);
        if (number is 400 or 413 or 422 && TooLongSigns.Any(IsSaid))
            return new ModelFailure.TooLong(message);
        return number switch
        {
            401 or 403 => new ModelFailure.Lasting("model_auth_failed", message),
            402 => new ModelFailure.Lasting("model_quota_exceeded", message),
            429 when IsSaid("insufficient_quota") => new ModelFailure.Lasting("model_quota_exceeded", message),
            404 => new ModelFailure.Lasting("model_not_found", message),
            429 => new ModelFailure.Passing("model_rate_limited", message, retryAfter),
            529 or 503 => new ModelFailure.Passing("model_overloaded", message, retryAfter),
            408 or >= 500 => new ModelFailure.Passing("model_unavailable", message, retryAfter),
            >= 300 and < 400 => new ModelFailure.Lasting("model_redirected", message),
            _ => new ModelFailure.Lasting("model_request_invalid", message),
        };
    }

    /// <summary>An error told in the middle of an answer, by the kind that the API gives it.</summary>
    public static ModelFailure ReadStreamed(JsonElement error)
    {
        string kind = error.FindText("type") ?? error.FindText("code") ?? "error";
        string said = Cut(error.FindText("message") ?? error.AsText());
        string message = $"The model broke off ({kind}): {said}";
        if (TooLongSigns.Any(sign => kind.Contains(sign, StringComparison.OrdinalIgnoreCase) || said.Contains(sign, StringComparison.OrdinalIgnoreCase)))
            return new ModelFailure.TooLong(message);
        return kind switch
        {
            "authentication_error" or "permission_error" => new ModelFailure.Lasting("model_auth_failed", message),
            "invalid_request_error" or "invalid_prompt" => new ModelFailure.Lasting("model_request_invalid", message),
            "not_found_error" => new ModelFailure.Lasting("model_not_found", message),
            "insufficient_quota" or "billing_error" => new ModelFailure.Lasting("model_quota_exceeded", message),
            "rate_limit_error" or "rate_limit_exceeded" => new ModelFailure.Passing("model_rate_limited", message),
            "overloaded_error" => new ModelFailure.Passing("model_overloaded", message),
            _ => new ModelFailure.Passing("model_unavailable", message),
        };
    }

    private static string Sentence(int status) => status switch
    {
        401 or 403 => "The model's endpoint does not accept the key",
        402 => "The account of the key has nothing left",
        404 => "The endpoint does not know this model or path",
        429 => "The endpoint has had too many requests",
        529 or 503 => "The model is overloaded",
        408 or >= 500 => "The endpoint failed",
        >= 300 and < 400 => "The endpoint sends elsewhere, which a key does not follow",
        _ => "The endpoint refused the request",
    };

    private static (string Kind, string Said) Explain(string body)
    {
        try
        {
            var root = JsonElement.Parse(body);
            var error = root.Find("error") ?? root;
            if (error.ValueKind == JsonValueKind.String)
                return ("", Cut(error.GetString()!));
            string kind = $"{error.FindText("type")} {error.FindText("code")}";
            if ((error.FindText("message") ?? root.FindText("message") ?? root.FindText("detail")) is { } message)
                return (kind, Cut(message));
        }
        catch (JsonException)
        {
            // A proxy's page, or nothing at all.
        }

        return ("", body.Trim().Length == 0 ? "it gave no reason" : Cut(body.Trim()));
    }

    private static string Cut(string text) => text.Length <= MessageCharsMax ? text : text[..MessageCharsMax] + "…";
}
