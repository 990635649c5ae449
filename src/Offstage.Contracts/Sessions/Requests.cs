using System.Text.Json.Serialization;

namespace Offstage.Contracts;

/// <summary>What an agent wants of a person.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ApproveCommand), "approve_command")]
[JsonDerivedType(typeof(ApproveFileChange), "approve_file_change")]
[JsonDerivedType(typeof(ApprovePermissions), "approve_permissions")]
[JsonDerivedType(typeof(Questions), "questions")]
public abstract record RequestBody
{
    private RequestBody() { }

    public sealed record ApproveCommand(string CommandLine, string? WorkingDirectory, string? Reason) : RequestBody;

    public sealed record ApproveFileChange(IReadOnlyList<ChangedFile> Files, string? Reason) : RequestBody;

    /// <param name="Detail">What is asked for, in the agent's words.</param>
    public sealed record ApprovePermissions(string Detail, string? Reason) : RequestBody;

    public sealed record Questions(IReadOnlyList<Question> Items) : RequestBody;
}

/// <param name="Options">Empty: a free answer.</param>
public sealed record Question(string Id, string Text, IReadOnlyList<QuestionOption> Options, bool AllowsMany = false, bool Secret = false);

public sealed record QuestionOption(string Label, string? Description = null);

/// <summary>What the person said, or what was said for them when they did not.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Approve), "approve")]
[JsonDerivedType(typeof(Decline), "decline")]
[JsonDerivedType(typeof(Cancel), "cancel")]
[JsonDerivedType(typeof(Answers), "answers")]
public abstract record RequestAnswer
{
    private RequestAnswer() { }

    /// <param name="ForSession">Also the like of it from now on, where the agent can.</param>
    public sealed record Approve(bool ForSession = false) : RequestAnswer;

    public sealed record Decline : RequestAnswer;

    /// <summary>Declined, and the turn with it is stopped. The session does both: no agent is given this answer.</summary>
    public sealed record Cancel : RequestAnswer;

    /// <param name="ByQuestion">Question id to the chosen labels or the free text.</param>
    public sealed record Answers(IReadOnlyDictionary<string, IReadOnlyList<string>> ByQuestion) : RequestAnswer;
}
