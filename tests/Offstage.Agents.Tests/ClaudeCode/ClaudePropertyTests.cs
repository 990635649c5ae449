using System.Text.Json;
using System.Text.Json.Nodes;
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
        var checker = new TurnChecker();
        foreach (var line in Mutated(random))
        {
            checker.See(replay.Tell(line));
            if (random.Next(40) == 0)
                checker.See(replay.Translator.EndGrace());
        }

        // What a caller can always do: prompt, and have the turn end.
        checker.See(replay.Translator.EndGrace());
        Assert.False(checker.IsInTurn, "A turn did not end with its grace.");
    }

    private static List<JsonElement> Mutated(Random random)
    {
        var names = ClaudeReplay.Names;
        var lines = Enumerable.Range(0, random.Next(1, 4)).SelectMany(_ => ClaudeReplay.Lines(names[random.Next(names.Length)])).ToList();
        Disorder.Bring(lines, random.Next(lines.Count / 2), random, line => Mutate(random, line));
        return [.. lines.Take(random.Next(lines.Count + 1)).Select(line => JsonElement.Parse(line))];
    }

    private static string Mutate(Random random, string line)
    {
        var root = JsonNode.Parse(line)!;
        var nodes = new List<JsonNode>();
        Collect(root, nodes);
        var holder = nodes[random.Next(nodes.Count)];
        if (holder is JsonObject { Count: > 0 } members)
        {
            var name = members.ElementAt(random.Next(members.Count)).Key;
            if (random.Next(3) == 0)
                members.Remove(name);
            else
                members[name] = Anything(random);
        }
        else if (holder is JsonArray { Count: > 0 } list)
        {
            list[random.Next(list.Count)] = Anything(random);
        }

        return root.ToJsonString();
    }

    private static void Collect(JsonNode? node, List<JsonNode> into)
    {
        switch (node)
        {
            case JsonObject members:
                into.Add(members);
                foreach (var (_, value) in members)
                    Collect(value, into);
                break;
            case JsonArray list:
                into.Add(list);
                foreach (var value in list)
                    Collect(value, into);
                break;
        }
    }

    private static JsonNode? Anything(Random random) => random.Next(8) switch
    {
        0 => null,
        1 => -1,
        2 => 1e300,
        3 => "",
        4 => "of the future",
        5 => new JsonArray(1, "x", new JsonObject()),
        6 => new JsonObject { ["type"] = "of the future" },
        _ => true,
    };
}
