using System.Text;
using Offstage.Shell.Tests.Differential;

namespace Offstage.Shell.Tests;

/// <summary>The corpus by the real bash and by ours. <c>OFFSTAGE_CORPUS_REPORT</c> names a file that is told every difference.</summary>
public sealed class CorpusTests(ITestOutputHelper output)
{
    private const int BatchSize = 60;
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Corpus");

    public static TheoryData<string> Chapters()
    {
        var chapters = new TheoryData<string>();
        foreach (string part in (string[])["language", "commands"])
        {
            if (!Directory.Exists(Path.Combine(Root, part)))
                continue;
            foreach (string file in Directory.GetFiles(Path.Combine(Root, part), "*.txt").Order(StringComparer.Ordinal))
                chapters.Add($"{part}/{Path.GetFileNameWithoutExtension(file)}");
        }

        return chapters;
    }

    [Theory]
    [MemberData(nameof(Chapters))]
    public void A_chapter_agrees_with_bash(string chapter)
    {
        Assert.SkipUnless(RealShell.IsAvailable, "bubblewrap and bash are needed");
        IReadOnlyList<CorpusCase> cases = CorpusCase.Read(chapter, Path.Combine(Root, chapter + ".txt"));
        Assert.Equal(cases.Count, cases.Select(c => c.Name).Distinct().Count());
        var report = new StringBuilder();
        int agreeing = 0;
        var broken = new List<string>();
        foreach (CorpusCase[] batch in cases.Chunk(BatchSize))
        {
            IReadOnlyList<Observation> real = RealShell.Run(batch);
            for (int i = 0; i < batch.Length; i++)
            {
                Observation ours = Observe(batch[i]);
                bool agrees = ours == real[i];
                if (batch[i].Differs is { } why)
                {
                    Observation expected = batch[i].Expected! with { Tree = ours.Tree };
                    if (agrees)
                        broken.Add($"{batch[i].Name}: is said to differ ({why}) and agrees");
                    else if (ours != expected)
                        broken.Add($"{batch[i].Name}: is said to differ ({why}), but not like this: {ours}");
                    agreeing++;
                }
                else if (agrees)
                {
                    agreeing++;
                }
                else
                {
                    Tell(report, batch[i], real[i], ours);
                }
            }
        }

        double share = cases.Count == 0 ? 1 : (double)agreeing / cases.Count;
        output.WriteLine($"{chapter}: {agreeing} of {cases.Count} agree ({share:P1})");
        output.WriteLine(report.ToString());
        if (Environment.GetEnvironmentVariable("OFFSTAGE_CORPUS_REPORT") is { Length: > 0 } path)
            File.AppendAllText(path, $"##### {chapter}: {agreeing} of {cases.Count}\n{report}", Encoding.Latin1);
        Assert.Empty(broken);
        Assert.True(agreeing == cases.Count, $"{chapter}: {agreeing} of {cases.Count} agree\n{report}");
    }

    private static Observation Observe(CorpusCase test)
    {
        try
        {
            return OurShell.Run(test);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new Observation("", $"{e.GetType().Name}: {e.Message} {e.StackTrace?.Split('\n').FirstOrDefault()}", -1, "");
        }
    }

    private static void Tell(StringBuilder report, CorpusCase test, Observation real, Observation ours)
    {
        report.Append($"=== {test.Name}\n{test.Script}");
        void Part(string what, string theirs, string mine)
        {
            if (theirs != mine)
                report.Append($"  {what} bash: {theirs.ReplaceLineEndings("\\n")}\n  {what} ours: {mine.ReplaceLineEndings("\\n")}\n");
        }

        Part("stdout", real.Output, ours.Output);
        Part("stderr", real.ErrorLine, ours.ErrorLine);
        Part("status", real.Status.ToString(), ours.Status.ToString());
        Part("tree", real.Tree, ours.Tree);
    }
}
