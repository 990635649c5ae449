using System.Text.Json;
using System.Text.Json.Nodes;
using Offstage.Agents.OpenCode;
using Offstage.Contracts;

namespace Offstage.Agents.Tests.OpenCode;

/// <summary>Whatever the server says, in whatever order: the translator keeps its promises.</summary>
public sealed class OpenCodePropertyTests
{
    private const int Rounds = 1500;

    private static readonly AgentMode[] Modes = [AgentMode.Auto, AgentMode.Ask, AgentMode.Edit, AgentMode.Plan];

    [Fact]
    public void Mutated_recordings_never_break_the_order_of_a_turn()
    {
        int first = Environment.GetEnvironmentVariable("OFFSTAGE_TEST_SEED") is { } given ? int.Parse(given) : Random.Shared.Next();
        for (int round = 0; round < Rounds; round++)
        {
            int seed = unchecked(first + round);
            try
            {
                Run(new Random(seed));
            }
            catch (Exception failure)
            {
                Assert.Fail($"OFFSTAGE_TEST_SEED={seed}: {failure}");
            }
        }
    }

    private static void Run(Random random)
    {
        var name = Pick(random, Recording.Names);
        var translator = Recording.Prompted(name, Pick(random, Modes));
        var rules = new TurnRules(random);
        foreach (var line in Mutate(random, [.. Recording.Lines(name)]))
        {
            rules.See(translator.Receive(line, Recording.Now).Events);
            switch (random.Next(40))
            {
                case 0:
                    translator.TryBegin(Pick(random, Modes));
                    break;
                case 1:
                    translator.TrySteer();
                    break;
                case 2:
                    translator.OnInterrupt();
                    break;
                case 3 when translator.GraceEndsAt is not null:
                    rules.See(translator.EndGrace());
                    break;
                case 4:
                    translator.OnGap();
                    rules.See(translator.Recover(State(random, name), Recording.Now).Events);
                    break;
                case 5 when rules.OpenRequests.Count > 0:
                    translator.TakeRequest(rules.OpenRequests.First(), new RequestAnswer.Decline());
                    break;
            }
        }

        rules.See(translator.EndGrace());
        Assert.Empty(rules.OpenItems);
        Assert.Empty(rules.OpenRequests);
        rules.End();
    }

    private static OpenCodeState State(Random random, string name)
    {
        var told = Recording.Lines(name).Select(line => JsonElement.Parse(line)).ToList();
        List<JsonElement> Some(string type, string member) =>
            [.. told.Where(one => one.GetProperty("type").GetString() == type && random.Next(3) > 0)
                .Select(one => member.Length == 0 ? one.GetProperty("properties") : one.GetProperty("properties").GetProperty(member))];
        var parts = Some("message.part.updated", "part");
        var messages = Some("message.updated", "info").Select(info => JsonElement.Parse(new JsonObject
        {
            ["info"] = JsonNode.Parse(info.GetRawText()),
            ["parts"] = new JsonArray([.. parts.Where(part => part.GetProperty("messageID").GetString() == info.GetProperty("id").GetString())
                .Select(part => JsonNode.Parse(part.GetRawText()))]),
        }.ToJsonString())).ToList();
        var status = JsonElement.Parse(random.Next(2) == 0 ? """{"type":"idle"}""" : """{"type":"busy"}""");
        return new OpenCodeState(default, status, messages, [], Some("permission.asked", ""));
    }

    private static IEnumerable<JsonElement> Mutate(Random random, List<string> lines)
    {
        if (random.Next(3) == 0)
            lines.Insert(random.Next(lines.Count), Pick(random, Recording.Lines(Pick(random, Recording.Names))));
        Disorder.Bring(lines, random.Next(12), random, line => Spoil(random, JsonNode.Parse(line)!));
        return lines.Select(line => JsonElement.Parse(line));
    }

    /// <summary>Takes a member away or puts something of another kind in its place, somewhere.</summary>
    private static string Spoil(Random random, JsonNode root)
    {
        var node = root;
        while (node is JsonObject { Count: > 0 } holder)
        {
            var (key, value) = holder.ElementAt(random.Next(holder.Count));
            if (value is JsonObject { Count: > 0 } && random.Next(4) > 0)
            {
                node = value;
                continue;
            }

            switch (random.Next(4))
            {
                case 0:
                    holder.Remove(key);
                    break;
                case 1:
                    holder[key] = random.Next();
                    break;
                case 2:
                    holder[key] = new JsonArray(null, "x", new JsonObject());
                    break;
                default:
                    holder[key] = "idle";
                    break;
            }

            break;
        }

        return root.ToJsonString();
    }

    private static T Pick<T>(Random random, IReadOnlyList<T> from) => from[random.Next(from.Count)];

    private sealed class TurnRules(Random random)
    {
        private readonly SessionListener session = new(random);

        private bool running;

        public HashSet<string> OpenItems { get; } = [];

        public HashSet<string> OpenRequests { get; } = [];

        public void End() => session.End();

        public void See(IReadOnlyList<AgentEvent> events)
        {
            foreach (var one in events)
            {
                session.See(one);
                switch (one)
                {
                    case AgentEvent.TurnStarted:
                        Assert.False(running, "a turn begins within a turn");
                        running = true;
                        break;
                    case AgentEvent.TurnEnded or AgentEvent.Reported:
                        Assert.True(running, "an end without a beginning");
                        Assert.Empty(OpenItems);
                        Assert.Empty(OpenRequests);
                        running = false;
                        break;
                    case AgentEvent.ItemStarted started:
                        Assert.True(running);
                        Assert.True(OpenItems.Add(started.Item.Id), "an item begins twice");
                        break;
                    case AgentEvent.ItemUpdated updated:
                        Assert.Contains(updated.Item.Id, OpenItems);
                        break;
                    case AgentEvent.Delta delta:
                        Assert.Contains(delta.ItemId, OpenItems);
                        break;
                    case AgentEvent.ItemCompleted completed:
                        Assert.True(OpenItems.Remove(completed.Item.Id), "an item ends that is not open");
                        break;
                    case AgentEvent.RequestOpened opened:
                        Assert.True(running);
                        Assert.True(OpenRequests.Add(opened.Key), "a request opens twice");
                        break;
                    case AgentEvent.RequestClosed closed:
                        Assert.True(OpenRequests.Remove(closed.Key), "a request closes that is not open");
                        break;
                    case AgentEvent.UsageReported:
                        Assert.True(running);
                        break;
                }
            }
        }
    }
}
