using System.Xml.Linq;

namespace Offstage.Repository.Tests;

/// <summary>Who may know whom. The picture is in docs/architecture.md.</summary>
public sealed class LayeringTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Offstage.Contracts"] = [],
        ["Offstage.Processes"] = ["Offstage.Contracts"],
        ["Offstage.Shell"] = [],
        ["Offstage.Sql"] = ["Offstage.Contracts"],
        ["Offstage.Delivery"] = ["Offstage.Contracts", "Offstage.Sql"],
        ["Offstage.Git"] = ["Offstage.Contracts", "Offstage.Processes"],
        ["Offstage.Sandboxes"] = ["Offstage.Contracts", "Offstage.Processes", "Offstage.Git"],
        ["Offstage.Agents"] = ["Offstage.Contracts", "Offstage.Processes", "Offstage.Sandboxes"],
        ["Offstage.ScriptAgent"] = ["Offstage.Contracts", "Offstage.Processes", "Offstage.Agents"],
        ["Offstage.Sessions"] = ["Offstage.Contracts", "Offstage.Sql", "Offstage.Delivery", "Offstage.Sandboxes", "Offstage.Git", "Offstage.Agents"],
        ["Offstage.Server"] = ["Offstage.Sessions", "Offstage.ScriptAgent"],
        ["Offstage"] = ["Offstage.Server", "Offstage.Shell"],
    };

    [Fact]
    public void References_go_only_downward()
    {
        foreach (var (project, references) in Projects())
        {
            Assert.True(Allowed.TryGetValue(project, out string[]? allowed), $"{project} has no place in the picture yet");
            Assert.Empty(references.Except(allowed).Select(r => $"{project} → {r}"));
        }
    }

    [Fact]
    public void Contracts_need_no_packages()
        => Assert.Empty(XDocument.Load(Path.Combine(Repository.Root, "src/Offstage.Contracts/Offstage.Contracts.csproj")).Descendants("PackageReference"));

    [Fact]
    public void Adapters_and_drivers_do_not_know_sessions_and_agents_do_not_know_each_other()
    {
        foreach (string file in Repository.Sources("src/Offstage.Agents").Concat(Repository.Sources("src/Offstage.Sandboxes")))
            Assert.DoesNotContain("Offstage.Sessions", File.ReadAllText(file), StringComparison.Ordinal);
        foreach (string file in Repository.Sources("src/Offstage.Agents/Codex"))
            Assert.DoesNotContain("Agents.Script", File.ReadAllText(file), StringComparison.Ordinal);
        foreach (string file in Repository.Sources("src/Offstage.Agents/Script"))
            Assert.DoesNotContain("Agents.Codex", File.ReadAllText(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = File.ReadAllText(Path.Combine(Repository.Root, "Offstage.slnx"));
        foreach (string folder in (string[])["src", "tests", "bench"])
        {
            foreach (string project in Directory.GetFiles(Path.Combine(Repository.Root, folder), "*.csproj", SearchOption.AllDirectories))
                Assert.Contains(Path.GetRelativePath(Repository.Root, project), solution, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<(string Project, string[] References)> Projects()
        => Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories).Select(path => (
            Path.GetFileNameWithoutExtension(path),
            XDocument.Load(path).Descendants("ProjectReference")
                .Select(r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/'))).ToArray()));
}
