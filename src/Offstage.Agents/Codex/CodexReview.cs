using System.Text.Json.Serialization;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.Codex;

/// <summary>Codex's own reviewer, which has instructions of its own and reports findings.</summary>
internal static class CodexReview
{
    /// <returns>Null when it is no review, or one that Codex's reviewer cannot be given: it does not know the conversation of others, nor images.
    /// Then it is asked for in words.</returns>
    public static CodexReviewTarget? TargetOf(TurnInput input) => input switch
    {
        { Review: null } or { Conversation: not null } or { Images.Count: > 0 } => null,
        { Review: { } target } when input.Text.Length > 0
            => new CodexReviewTarget.Custom($"{PromptText.ReviewInWords(target)}\n\n{input.Text}"),
        { Review: ReviewTarget.Since since } => new CodexReviewTarget.BaseBranch(since.Ref),
        { Review: ReviewTarget.Commit commit } => new CodexReviewTarget.Commit(commit.Id),
        _ => new CodexReviewTarget.UncommittedChanges(),
    };
}

/// <summary><c>ReviewTarget</c> of the app-server's protocol, version 0.169.0.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(UncommittedChanges), "uncommittedChanges")]
[JsonDerivedType(typeof(BaseBranch), "baseBranch")]
[JsonDerivedType(typeof(Commit), "commit")]
[JsonDerivedType(typeof(Custom), "custom")]
internal abstract record CodexReviewTarget
{
    private CodexReviewTarget() { }

    public sealed record UncommittedChanges : CodexReviewTarget;

    public sealed record BaseBranch(string Branch) : CodexReviewTarget;

    public sealed record Commit(string Sha) : CodexReviewTarget;

    public sealed record Custom(string Instructions) : CodexReviewTarget;
}

internal sealed record ReviewStartParams(string ThreadId, CodexReviewTarget Target, string Delivery);
