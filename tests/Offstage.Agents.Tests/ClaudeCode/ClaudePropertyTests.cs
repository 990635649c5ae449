using System.Text.Json;
using Offstage.Contracts;

namespace Offstage.Agents.Tests.ClaudeCode;

/// <summary>Whatever Claude says, and in whatever order: what the translator makes of it is well formed.</summary>
public sealed class ClaudePropertyTests
{
    private const int Runs = 400;

    [Fact]
    public void Broken_recordings_break_nothing()
    {
        var seed = Environment.GetEnvironmentVariable("OFFSTAGE_TEST_SEED") is { Length: > 0 } given
            ? int.Parse(given, System.Globalization.CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        for (var run = 0; run < Runs; run++)
        {
            try
            {
                Check(new Random(seed + run));
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"OFFSTAGE_TEST_SEED={seed + run}", failure);
            }
        }
    }

    private static void Check(Random random)
    {
        var modes = Enum.GetValues<AgentMode>();
        var replay = new ClaudeReplay(modes[random.Next(modes.Length)]);
        var checker = new TurnChecker(random);
        foreach (var line in Mutated(random))
        {
            checker.See(replay.Tell(line));
            if (random.Next(40) == 0)
                checker.See(replay.Translator.EndGrace());
        }

        // What a caller can always do: prompt, and have the turn end.
        checker.See(replay.Translator.EndGrace());
        Assert.False(checker.IsInTurn, "A turn did not end with its grace.");
        checker.End();
    }

    private static List<JsonElement> Mutated(Random random)
    {
        var names = ClaudeReplay.Names;
        var lines = Enumerable.Range(0, random.Next(1, 4)).SelectMany(_ => ClaudeReplay.Lines(names[random.Next(names.Length)])).ToList();
        Disorder.Bring(lines, random.Next(lines.Count / 2), random, line => Disorder.Spoil(line, random));
        return [.. lines.Take(random.Next(lines.Count + 1)).Select(line => JsonElement.Parse(line))];
    }
}
