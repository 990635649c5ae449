using Offstage.ModelServer;

namespace Offstage.Server.Tests;

/// <summary>The real OpenCode.</summary>
public sealed class OpenCodeTests : AgentWaysThrough
{
    protected override string Agent => "opencode";

    protected override IReadOnlyDictionary<string, string> EnvironmentFor(FakeModelServer model) => new Dictionary<string, string>
    {
        ["OFFSTAGE_OPENCODE"] = Needs.Agent("opencode"),
        ["OFFSTAGE_OPENCODE_MODELS"] = "scripted",
        ["OPENAI_BASE_URL"] = model.BaseUrl,
        ["OPENAI_API_KEY"] = "stub",
    };

    protected override void DeleteConversations(string home)
    {
        string[] stored = [.. Directory.GetFiles(home, "*.db*", SearchOption.AllDirectories)];
        Assert.NotEmpty(stored);
        foreach (string file in stored)
            File.Delete(file);
    }
}
