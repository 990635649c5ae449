namespace Offstage.Agents.Processes;

/// <summary>A login that an agent keeps in its home: seen only where a person has given the agent a home of this machine.</summary>
internal static class LoginFile
{
    /// <param name="environment">What the agent's process would be given; its <c>HOME</c> is there when a person has named one.</param>
    /// <param name="path">Below the home.</param>
    public static bool IsThere(IReadOnlyDictionary<string, string> environment, string path)
        => environment.TryGetValue("HOME", out string? home) && File.Exists(Path.Combine(home, path));
}
