using Offstage.ModelServer;

namespace Offstage.Server.Tests;

/// <summary>The real Codex.</summary>
public sealed class CodexTests : AgentWaysThrough
{
    protected override string Agent => "codex";

    protected override IReadOnlyDictionary<string, string> EnvironmentFor(FakeModelServer model) => new Dictionary<string, string>
    {
        ["OFFSTAGE_CODEX"] = Needs.Agent("codex"),
        ["OPENAI_BASE_URL"] = model.BaseUrl,
        ["OPENAI_API_KEY"] = "stub",
    };

    protected override void DeleteConversations(string home)
    {
        string[] stored = Directory.GetFiles(home, "rollout-*", SearchOption.AllDirectories);
        Assert.NotEmpty(stored);
        foreach (string file in stored.Concat(Directory.GetFiles(home, "*.sqlite*", SearchOption.AllDirectories)))
            File.Delete(file);
    }
}
