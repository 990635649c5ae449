using System.Globalization;
using System.Text.Json;
using Offstage.Contracts;

namespace Offstage.Agents.Tests.Codex;

/// <summary>Whatever Codex says, and in whatever order: what the translator makes of it is well formed (S3, S8).</summary>
public sealed class CodexPropertyTests
{
    private const int Runs = 400;

    [Fact]
    public void Broken_recordings_break_nothing()
    {
        int seed = Environment.GetEnvironmentVariable("OFFSTAGE_TEST_SEED") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        for (int run = 0; run < Runs; run++)
        {
            try
            {
                Check(new Random(unchecked(seed + run)));
            }
            catch (Exception broken)
            {
                Assert.Fail($"OFFSTAGE_TEST_SEED={unchecked(seed + run)}: {broken}");
            }
        }
    }

    private static void Check(Random random)
    {
        var replay = new CodexReplay();
        var modes = Enum.GetValues<AgentMode>();
        replay.Translator.OnMode(modes[random.Next(modes.Length)]);
        var checker = new TurnChecker(random);
        var lines = Enumerable.Range(0, random.Next(1, 4)).SelectMany(_ => CodexReplay.Lines(CodexReplay.Names[random.Next(CodexReplay.Names.Length)])).ToList();
        Disorder.Bring(lines, random.Next(lines.Count / 2), random, line => Disorder.Spoil(line, random));
        foreach (string line in lines)
        {
            checker.See(replay.Tell(line));
            if (random.Next(40) == 0)
                checker.See(replay.Translator.EndGrace());
        }

        checker.End();
    }
}
