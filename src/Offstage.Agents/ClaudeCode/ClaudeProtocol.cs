namespace Offstage.Agents.ClaudeCode;

/// <summary>The stream-json and control protocol that this adapter was written against and tried with.</summary>
/// <remarks>Read from the types of the public Agent SDK (<c>@anthropic-ai/claude-agent-sdk</c>) and from what the program said.</remarks>
public static class ClaudeProtocol
{
    public const string Version = "2.1.197";
}
