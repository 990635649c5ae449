namespace Offstage.Agents.Tests.Codex;

/// <summary>Finds the real Codex: OFFSTAGE_CODEX, what eng/install-codex.sh installed, or the PATH.</summary>
internal static class CodexProgram
{
    public static string Require()
    {
        var found = Candidates().FirstOrDefault(File.Exists);
        if (found is not null)
            return found;
        const string reason = "codex is not installed: run eng/install-codex.sh, or set OFFSTAGE_CODEX";
        if (Environment.GetEnvironmentVariable("OFFSTAGE_TEST_REQUIRE_ALL") == "1")
            Assert.Fail(reason);
        Assert.Skip(reason);
        return "";
    }

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("OFFSTAGE_CODEX") is { Length: > 0 } set)
            yield return set;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Offstage.slnx")))
                yield return Path.Combine(folder.FullName, ".cache", "npm", "node_modules", ".bin", "codex");
        }

        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            yield return Path.Combine(folder, "codex");
    }
}
