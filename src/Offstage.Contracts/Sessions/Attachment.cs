namespace Offstage.Contracts;

/// <summary>An image that came with a prompt. Its bytes are stored beside the events and read by its id.</summary>
/// <param name="MediaType"><c>image/png</c>, <c>image/jpeg</c>, <c>image/gif</c> or <c>image/webp</c>.</param>
public sealed record Attachment(AttachmentId Id, string Name, string MediaType, int Bytes);
