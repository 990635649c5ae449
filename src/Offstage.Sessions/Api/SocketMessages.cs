using System.Text.Json.Serialization;
using Offstage.Contracts;

namespace Offstage.Sessions.Api;

/// <summary>A command over the WebSocket. Which fields it needs depends on <see cref="Command"/>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SocketCommand
{
    /// <summary>The sender's name for it, 1 to 100 characters: comes back with the reply.</summary>
    public required string Id { get; init; }

    /// <summary><c>prompt</c>, <c>withdraw</c>, <c>interrupt</c>, <c>answer</c>, <c>retry</c> or <c>ping</c>.</summary>
    public required string Command { get; init; }

    public string? Text { get; init; }

    public string? PromptId { get; init; }

    public string? RequestId { get; init; }

    public RequestAnswer? Answer { get; init; }

    public string? IdempotencyKey { get; init; }
}

/// <param name="Kind">Always <c>reply</c>.</param>
/// <param name="Problem">Null when the command was taken.</param>
public sealed record SocketReply(string Kind, string? Id, bool Ok, PromptView? Prompt, Problem? Problem);

/// <param name="Kind">Always <c>snapshot</c>. The events after its sequence follow, or those after the one that was asked for.</param>
public sealed record SocketSnapshot(string Kind, SessionView Session);
