using System.Text.Json;
using System.Text.Json.Nodes;
using Offstage.Agents.Processes;

namespace Offstage.Agents.Tests.Acp;

/// <summary>No speech, however wrong, breaks the rules of a turn.</summary>
public sealed class AcpPropertyTests
{
    private const int Rounds = 400;

    [Fact]
    public void Recordings_cut_mixed_doubled_and_mangled_keep_the_rules_of_a_turn()
    {
        int seed = Environment.GetEnvironmentVariable("OFFSTAGE_TEST_SEED") is { Length: > 0 } given ? int.Parse(given) : Random.Shared.Next();
        var recordings = AcpReplay.Names.Select(AcpReplay.Read).ToList();
        for (int round = 0; round < Rounds; round++)
        {
            var random = new Random(unchecked(seed + round));
            string of = $"OFFSTAGE_TEST_SEED={unchecked(seed + round)}";
            var replay = new AcpReplay();
            try
            {
                foreach (var line in Mangle(recordings, random))
                {
                    replay.Hear(line);
                    if (random.Next(40) == 0)
                        replay.Hear(JsonElement.Parse("""{"recorder":"cancel"}"""));
                    if (random.Next(10) == 0 && replay.Seen.OfType<AgentEvent.RequestOpened>().LastOrDefault() is { } asked)
                        replay.Answer(asked.Key, random.Next(2) == 0 ? "decline" : "session");
                }

                var checker = new TurnChecker(random);
                checker.See(replay.Seen);
                checker.End();
            }
            catch (Exception broken)
            {
                Assert.Fail($"{of}: {broken}");
            }
        }
    }

    private static List<JsonElement> Mangle(List<IReadOnlyList<JsonElement>> recordings, Random random)
    {
        var lines = recordings[random.Next(recordings.Count)].ToList();
        if (random.Next(2) == 0)
        {
            // Of another agent or another time: made to speak of the same session, or not.
            var other = recordings[random.Next(recordings.Count)];
            lines.InsertRange(random.Next(lines.Count), random.Next(2) == 0 ? other : other.Select(line => InSession(line, SessionOf(lines))));
        }

        Disorder.Bring(lines, random.Next(12), random, line => Break(line, random));
        return lines;
    }

    private static string SessionOf(IEnumerable<JsonElement> lines) =>
        lines.Select(line => line.Find("result")?.FindText("sessionId")).FirstOrDefault(id => id is not null) ?? "";

    private static JsonElement InSession(JsonElement line, string session)
    {
        var changed = JsonNode.Parse(line.GetRawText())!;
        if (changed["params"] is JsonObject parameters)
            parameters["sessionId"] = session;
        return JsonElement.Parse(changed.ToJsonString());
    }

    /// <summary>One value anywhere in it becomes something else.</summary>
    private static JsonElement Break(JsonElement line, Random random)
    {
        var root = JsonNode.Parse(line.GetRawText())!;
        var holders = new List<JsonNode>();
        Collect(root, holders);
        JsonNode? instead = random.Next(7) switch
        {
            0 => null,
            1 => random.Next(),
            2 => "call-1",
            3 => new JsonArray(1, "x", new JsonObject()),
            4 => new JsonObject { ["type"] = "text", ["text"] = 7 },
            5 => 1e300,
            _ => "completed",
        };
        switch (holders[random.Next(holders.Count)])
        {
            case JsonObject { Count: > 0 } members:
                members[members.ElementAt(random.Next(members.Count)).Key] = instead;
                break;
            case JsonArray { Count: > 0 } elements:
                elements[random.Next(elements.Count)] = instead;
                break;
        }

        return JsonElement.Parse(root.ToJsonString());
    }

    private static void Collect(JsonNode? node, List<JsonNode> holders)
    {
        if (node is not (JsonObject or JsonArray))
            return;
        holders.Add(node);
        foreach (var below in node is JsonObject members ? members.Select(member => member.Value) : node.AsArray())
            Collect(below, holders);
    }
}
