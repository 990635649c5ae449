using Offstage.Shell.Tests.Differential;

namespace Offstage.Shell.Tests;

/// <summary>Random programs mean to ours what they mean to bash. <c>OFFSTAGE_SHELL_PROPERTY</c> sets how many.</summary>
public sealed class PropertyTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("arithmetic")]
    [InlineData("expansion")]
    public void Random_programs_agree_with_bash(string grammar)
    {
        Assert.SkipUnless(RealShell.IsAvailable, "bubblewrap and bash are needed");
        (int count, int seed) = Seeds.Of("OFFSTAGE_SHELL_PROPERTY", 240);
        output.WriteLine($"seed {seed}");
        var scripts = new RandomScripts(new Random(seed));
        CorpusCase[] cases = [.. Enumerable.Range(0, count).Select(i => new CorpusCase(grammar, $"{grammar} {i}",
            grammar == "arithmetic" ? $"x=5 y=-2; echo $(( {scripts.Arithmetic()} )); echo $x $y\n" : scripts.Expansion(), "", [], null, null))];
        var differing = new List<string>();
        foreach (CorpusCase[] batch in cases.Chunk(80))
        {
            IReadOnlyList<Observation> real = RealShell.Run(batch);
            for (int i = 0; i < batch.Length; i++)
            {
                Observation ours = OurShell.Run(batch[i]);
                if (ours.Output != real[i].Output || ours.Status != real[i].Status)
                    differing.Add($"{batch[i].Script}  bash: {real[i].Status} {real[i].Output}{real[i].ErrorLine}\n  ours: {ours.Status} {ours.Output}{ours.ErrorLine}\n");
            }
        }

        Assert.True(differing.Count == 0, $"seed {seed}: {differing.Count} of {count} differ\n{string.Concat(differing.Take(40))}");
    }
}
