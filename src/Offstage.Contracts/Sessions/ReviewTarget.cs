using System.Text.Json.Serialization;

namespace Offstage.Contracts;

/// <summary>Which changes an agent is asked to review.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Session), "session")]
[JsonDerivedType(typeof(Uncommitted), "uncommitted")]
[JsonDerivedType(typeof(Since), "since")]
[JsonDerivedType(typeof(Commit), "commit")]
public abstract record ReviewTarget
{
    private ReviewTarget() { }

    /// <summary>All that the session has changed since it began.</summary>
    public sealed record Session : ReviewTarget;

    /// <summary>Of the work tree: staged, not staged, not tracked.</summary>
    public sealed record Uncommitted : ReviewTarget;

    /// <summary>What the workspace has beyond a branch or commit.</summary>
    public sealed record Since(string Ref) : ReviewTarget;

    /// <summary>What one commit changed.</summary>
    public sealed record Commit(string Id) : ReviewTarget;

    /// <summary>One sentence that asks for it.</summary>
    [JsonIgnore]
    public string Sentence => this switch
    {
        Uncommitted => "Review the changes that are not committed.",
        Since since => $"Review the changes since {since.Ref}.",
        Commit commit => $"Review the changes of commit {commit.Id}.",
        _ => "Review all changes of this session.",
    };
}
