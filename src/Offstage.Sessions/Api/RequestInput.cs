using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Offstage.Contracts;

namespace Offstage.Sessions.Api;

/// <summary>What comes in, checked: nothing malformed gets past this file.</summary>
public static class RequestInput
{
    public const int BodyBytesMax = 1024 * 1024;

    /// <summary>Of a body that may carry attachments, which JSON makes a third larger.</summary>
    public const int LargeBodyBytesMax = 15 * 1024 * 1024;

    public const int PromptLengthMax = 64_000;
    public const int TitleLengthMax = 200;
    private const int KeyLengthMax = 200;
    private const int NameLengthMax = 200;

    /// <summary>Reads a JSON body, and what it was as a whole, for the idempotency key's fingerprint.</summary>
    public static async Task<(T Body, byte[] Raw)> ReadBodyAsync<T>(HttpContext context, JsonTypeInfo<T> json, int bytesMax = BodyBytesMax)
    {
        if (context.Request.ContentLength > bytesMax)
            throw TooLarge(bytesMax);
        if (!context.Request.HasJsonContentType())
            throw new ApiProblemException(StatusCodes.Status415UnsupportedMediaType, "json_expected", "The body must be application/json.");

        byte[] raw = await ReadAllAsync(context, bytesMax);
        try
        {
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(raw);
            return (JsonSerializer.Deserialize(raw, json) ?? throw new JsonException("null is not a body."), raw);
        }
        catch (DecoderFallbackException)
        {
            throw ApiProblemException.Invalid("invalid_body", "The body is not UTF-8.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NotSupportedException)
        {
            throw ApiProblemException.Invalid("invalid_body", $"The body does not fit: {e.Message}");
        }
    }

    private static async Task<byte[]> ReadAllAsync(HttpContext context, int bytesMax)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (read.Buffer.Length > bytesMax)
                throw TooLarge(bytesMax);
            if (read.IsCompleted)
            {
                byte[] all = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return all;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static ApiProblemException TooLarge(int bytesMax)
        => new(StatusCodes.Status413PayloadTooLarge, "body_too_large", $"The body is larger than {bytesMax >> 20} MiB, which is the limit.");

    public static SessionId Session(string text)
        => IdSource.IsWellFormed(text, "ses_") ? new SessionId(text) : throw ApiProblemException.NotFound("session");

    public static PromptId Prompt(string text)
        => IdSource.IsWellFormed(text, "prm_") ? new PromptId(text) : throw ApiProblemException.NotFound("prompt");

    public static TurnId Turn(string text)
        => IdSource.IsWellFormed(text, "trn_") ? new TurnId(text) : throw ApiProblemException.NotFound("turn");

    public static RequestId Request(string text)
        => IdSource.IsWellFormed(text, "req_") ? new RequestId(text) : throw ApiProblemException.NotFound("request");

    public static AttachmentId Attachment(string text)
        => IdSource.IsWellFormed(text, "att_") ? new AttachmentId(text) : throw ApiProblemException.NotFound("attachment");

    /// <returns>Null when nothing is to be reviewed.</returns>
    public static ReviewTarget? Review(ReviewTarget? target)
    {
        string? name = target switch
        {
            ReviewTarget.Since since => since.Ref,
            ReviewTarget.Commit commit => commit.Id,
            _ => null,
        };
        bool fits = name is null ? target is not (ReviewTarget.Since or ReviewTarget.Commit)
            : name.Length is > 0 and <= NameLengthMax && name[0] != '-' && name.All(c => char.IsAsciiLetterOrDigit(c) || "-_./+@~^".Contains(c, StringComparison.Ordinal));
        return fits ? target : throw ApiProblemException.Invalid("invalid_review", "What to review since is the name of a branch, tag or commit.");
    }

    public static string PromptText(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw ApiProblemException.Invalid("prompt_empty", "A prompt needs text.");
        if (text.Length > PromptLengthMax)
            throw ApiProblemException.Invalid("prompt_too_long", $"A prompt has at most {PromptLengthMax} characters; this one has {text.Length}.");
        return RequireText(text, "prompt");
    }

    public static string? Title(string? title)
    {
        if (title is null)
            return null;
        if (string.IsNullOrWhiteSpace(title) || title.Length > TitleLengthMax || title.Any(char.IsControl))
            throw ApiProblemException.Invalid("invalid_title", $"A title is one line of 1 to {TitleLengthMax} characters.");
        return RequireText(title.Trim(), "title");
    }

    /// <summary>A short name of something: a model, an effort, an agent.</summary>
    public static string? Name(string? name, string what)
    {
        if (name is null)
            return null;
        if (name.Length is 0 or > NameLengthMax || name.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)))
            throw ApiProblemException.Invalid($"invalid_{what}", $"The {what} is a word of 1 to {NameLengthMax} characters.");
        return RequireText(name, what);
    }

    public static Person Author(Person? author, Person fallback)
    {
        if (author is null)
            return fallback;
        foreach (string part in (string[])[author.Name, author.Email])
        {
            if (string.IsNullOrWhiteSpace(part) || part.Length > NameLengthMax || part.Any(c => char.IsControl(c) || c is '<' or '>'))
                throw ApiProblemException.Invalid("invalid_author", "The author needs a name and an e-mail address, each one line without angle brackets.");
            RequireText(part, "author");
        }

        return author;
    }

    /// <returns>Null when the header is absent.</returns>
    public static string? IdempotencyKey(HttpContext context)
    {
        var values = context.Request.Headers["Idempotency-Key"];
        if (values.Count == 0)
            return null;
        string key = values.Count == 1 ? values[0] ?? "" : "";
        return IdempotencyKey(key);
    }

    public static string IdempotencyKey(string key)
        => key.Length is > 0 and <= KeyLengthMax && key.All(c => c is > ' ' and <= '~')
            ? key
            : throw ApiProblemException.Invalid("invalid_idempotency_key", $"One Idempotency-Key of 1 to {KeyLengthMax} visible ASCII characters.");

    public static string Fingerprint(string operation, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(operation));
        hash.AppendData([0]);
        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>A number from the query, within bounds.</summary>
    public static int Number(HttpContext context, string name, int fallback, int min, int max)
    {
        var values = context.Request.Query[name];
        if (values.Count == 0)
            return fallback;
        return values.Count == 1 && int.TryParse(values[0], NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= min && number <= max
            ? number
            : throw ApiProblemException.Invalid("invalid_parameter", $"'{name}' is one whole number from {min} to {max}.");
    }

    /// <summary>The sequence of an event to go on after, at most <paramref name="last"/>.</summary>
    public static EventSequence After(StringValues given, EventSequence fallback, EventSequence last)
    {
        if (given.Count == 0)
            return fallback;
        if (given.Count != 1 || !long.TryParse(given[0], NumberStyles.None, CultureInfo.InvariantCulture, out long value))
            throw ApiProblemException.Invalid("invalid_cursor", "The cursor is the sequence of an event: one whole number from 0.");
        return value <= last.Value
            ? new EventSequence(value)
            : throw ApiProblemException.Invalid("cursor_ahead", $"The session has {last} events; there is nothing after {value} to go on from.");
    }

    /// <summary>Unpaired surrogates are not text: no store or agent could take them.</summary>
    internal static string RequireText(string text, string what)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (char.IsSurrogate(text[i]) || text[i] == '\0')
                throw ApiProblemException.Invalid($"invalid_{what}", $"The {what} has characters that are not text.");
        }

        return text;
    }
}
