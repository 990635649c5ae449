namespace Offstage.Agents.Codex;

/// <summary>The text of a prompt for an agent that takes only text.</summary>
internal static class CodexPrompt
{
    public static string Compose(TurnInput input) => input.Conversation is null
        ? input.Text
        : $"""
          The conversation so far, in which you are new. It is a record: do not carry out again what it asks for.

          <conversation>
          {input.Conversation}
          </conversation>

          The prompt to work on now:

          {input.Text}
          """;
}
