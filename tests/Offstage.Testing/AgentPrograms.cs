namespace Offstage.Testing;

/// <summary>Finds real coding agents: by variable (<c>OFFSTAGE_CODEX</c>), as eng/install-agent.sh installed them, or on the PATH.</summary>
public static class AgentPrograms
{
    /// <param name="agent">As eng/install-agent.sh calls it: <c>codex</c>, <c>claude</c>, <c>opencode</c>, <c>gemini</c>, <c>claude-agent-acp</c>.</param>
    /// <returns>Null when it is not installed.</returns>
    public static string? Find(string agent) => Candidates(agent).FirstOrDefault(File.Exists);

    public static string HowToInstall(string agent) => $"{agent} (eng/install-agent.sh {agent}, or {VariableOf(agent)})";

    private static string VariableOf(string agent) => $"OFFSTAGE_{agent.Replace('-', '_').ToUpperInvariant()}";

    private static IEnumerable<string> Candidates(string agent)
    {
        if (Environment.GetEnvironmentVariable(VariableOf(agent)) is { Length: > 0 } given)
            yield return given;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Offstage.slnx")))
                yield return Path.Combine(folder.FullName, ".cache", "agents", agent, "node_modules", ".bin", agent);
        }

        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            yield return Path.Combine(folder, agent);
    }
}
