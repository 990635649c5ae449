using Offstage.ModelServer;

namespace Offstage.Server.Tests;

/// <summary>A real agent over the Agent Client Protocol.</summary>
public sealed class AcpTests : AgentWaysThrough
{
    protected override string Agent => "claude-agent-acp";

    protected override IReadOnlyDictionary<string, string> EnvironmentFor(FakeModelServer model) => new Dictionary<string, string>
    {
        ["OFFSTAGE_CLAUDE_AGENT_ACP"] = Needs.Agent("claude-agent-acp"),
        ["ANTHROPIC_BASE_URL"] = model.BaseUrl[..^"/v1".Length],
        ["ANTHROPIC_API_KEY"] = "stub",
    };

    protected override void DeleteConversations(string home)
        => Directory.Delete(Path.Combine(home, ".claude", "projects"), recursive: true);
}
