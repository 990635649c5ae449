namespace Offstage.Agents.Processes;

/// <summary>The text of a prompt, with the conversation before it for an agent that is new to it.</summary>
internal static class PromptText
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
