using System.Text.Json.Nodes;

namespace Offstage.Agents.Tests;

/// <summary>What can happen to what an agent said: lines lost, doubled, out of order, cut off, broken.</summary>
internal static class Disorder
{
    /// <param name="spoil">Makes a broken copy of a line.</param>
    public static void Bring<T>(List<T> lines, int changes, Random random, Func<T, T> spoil)
    {
        for (; changes > 0 && lines.Count > 1; changes--)
        {
            int at = random.Next(lines.Count);
            switch (random.Next(6))
            {
                case 0:
                    lines.RemoveAt(at);
                    break;
                case 1:
                    lines.Insert(random.Next(lines.Count), lines[at]);
                    break;
                case 2:
                    int to = random.Next(lines.Count);
                    (lines[at], lines[to]) = (lines[to], lines[at]);
                    break;
                case 3 when random.Next(4) == 0:
                    lines.RemoveRange(at, lines.Count - at);
                    break;
                default:
                    lines[at] = spoil(lines[at]);
                    break;
            }
        }
    }

    /// <summary>Takes a member away or puts something else in its place, somewhere in a line of JSON.</summary>
    public static string Spoil(string line, Random random)
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
