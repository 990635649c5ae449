using Offstage.Contracts;
using Offstage.Sql;

namespace Offstage.Sessions.Api;

/// <summary>What comes with a prompt, checked: nothing but images, by what they are and not by what they are said to be.</summary>
internal static class AttachmentInput
{
    public const int CountMax = 8;
    public const int BytesMax = 5 * 1024 * 1024;
    public const int BytesTogetherMax = 10 * 1024 * 1024;
    private const int NameLengthMax = 120;

    /// <returns>Null when there are none.</returns>
    public static IReadOnlyList<GivenAttachment>? Check(IReadOnlyList<AttachmentBody>? given)
    {
        if (given is null or { Count: 0 })
            return null;
        if (given.Count > CountMax)
            throw ApiProblemException.Invalid("too_many_attachments", $"A prompt has at most {CountMax} attachments.");
        var all = given.Select(Check).ToList();
        return all.Sum(one => (long)one.Data.Length) <= BytesTogetherMax
            ? all
            : throw ApiProblemException.Invalid("attachments_too_large", $"The attachments of a prompt have together at most {BytesTogetherMax >> 20} MiB.");
    }

    private static GivenAttachment Check(AttachmentBody? body)
    {
        if (body is null || string.IsNullOrWhiteSpace(body.Name) || body.Name.Length > NameLengthMax || body.Name.Any(c => char.IsControl(c) || c is '/' or '\\'))
            throw ApiProblemException.Invalid("invalid_attachment", $"An attachment has a name of 1 to {NameLengthMax} characters, without slashes.");
        if (body.Data.Length is 0 or > BytesMax)
            throw ApiProblemException.Invalid("attachments_too_large", $"The attachment '{body.Name}' has {body.Data.Length} bytes; 1 to {BytesMax} are taken.");
        string type = MediaTypeOf(body.Data) ?? throw ApiProblemException.Invalid(
            "attachment_unsupported", $"The attachment '{body.Name}' is no PNG, JPEG, GIF or WebP image.");
        return new GivenAttachment(RequestInput.RequireText(body.Name, "attachment"), type, body.Data);
    }

    private static string? MediaTypeOf(ReadOnlySpan<byte> data) => data switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => "image/png",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] => "image/gif",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "image/webp",
        _ => null,
    };
}

internal sealed record GivenAttachment(string Name, string MediaType, byte[] Data)
{
    public (Attachment Told, AttachmentRow Stored) For(SessionId session, AttachmentId id)
        => (new Attachment(id, Name, MediaType, Data.Length), new AttachmentRow(id, session, Name, MediaType, Data));
}
