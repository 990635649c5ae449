using Offstage.Contracts;

namespace Offstage.Agents.Processes;

/// <summary>The text of a prompt, with the conversation before it for an agent that is new to it.</summary>
internal static class PromptText
{
    public static string Compose(TurnInput input) => input.Conversation is null
        ? Ask(input)
        : $"""
          The conversation so far, in which you are new. It is a record: do not carry out again what it asks for.

          <conversation>
          {input.Conversation}
          </conversation>

          The prompt to work on now:

          {Ask(input)}
          """;

    /// <summary>A review in words, for agents that have no other way to be asked for one.</summary>
    public static string ReviewInWords(ReviewTarget target) => $"""
        Review changes of the workspace and change nothing yourself. To see them: {HowToSee(target)}
        Look for what is wrong, unsafe, slow or missing, above all for what would break. Name each finding with file and line, the worst first; say so when there is none.
        """;

    private static string Ask(TurnInput input) => input.Review is { } target ? $"{ReviewInWords(target)}\n\n{input.Text}".TrimEnd() : input.Text;

    private static string HowToSee(ReviewTarget target) => target switch
    {
        ReviewTarget.Since since => $"`git diff {since.Ref}`, and `git status` for files that are not tracked.",
        ReviewTarget.Commit commit => $"`git show {commit.Id}`.",
        _ => "`git diff HEAD`, and `git status` for files that are not tracked.",
    };
}
