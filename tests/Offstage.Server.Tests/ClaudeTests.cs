using Offstage.ModelServer;

namespace Offstage.Server.Tests;

/// <summary>The real Claude Code.</summary>
public sealed class ClaudeTests : AgentWaysThrough
{
    protected override string Agent => "claude";

    protected override IReadOnlyDictionary<string, string> EnvironmentFor(FakeModelServer model) => new Dictionary<string, string>
    {
        ["OFFSTAGE_CLAUDE"] = Needs.Agent("claude"),
        ["ANTHROPIC_BASE_URL"] = model.BaseUrl[..^"/v1".Length],
        ["ANTHROPIC_API_KEY"] = "stub",
    };

    protected override void DeleteConversations(string home)
        => Directory.Delete(Path.Combine(home, ".claude", "projects"), recursive: true);
}
