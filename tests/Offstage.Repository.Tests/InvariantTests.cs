using System.Text.RegularExpressions;

namespace Offstage.Repository.Tests;

/// <summary>The promise is written down, cited where it is kept and tried where it could break.</summary>
public sealed partial class InvariantTests
{
    private static readonly string[] Numbers = ["S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "B1", "B2", "B3", "D1"];

    [Fact]
    public void Every_invariant_is_written_down_cited_in_the_code_and_named_by_a_test()
    {
        string docs = File.ReadAllText(Path.Combine(Repository.Root, "docs/invariants.md"));
        var code = Cited("src");
        var tests = Cited("tests");
        foreach (string number in Numbers)
        {
            Assert.Contains($"| {number} |", docs, StringComparison.Ordinal);
            Assert.True(code.Contains(number), $"{number} is cited nowhere in src");
            Assert.True(tests.Contains(number), $"{number} is tried nowhere in tests");
        }
    }

    private static HashSet<string> Cited(string folder)
        => [.. Repository.Sources(folder).SelectMany(path => Number().Matches(File.ReadAllText(path)).Select(m => m.Value))];

    [GeneratedRegex(@"(?<![A-Za-z0-9])[SBD](10|[1-9])(?![0-9A-Za-z])")]
    private static partial Regex Number();
}
