using System.Text.Json;
using System.Text.Json.Nodes;
using Offstage.Agents.ClaudeCode;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.Tests.ClaudeCode;

/// <summary>A recording told to a translator. A line <c>{"we": …}</c> is what was said to Claude.</summary>
internal sealed class ClaudeReplay(AgentMode mode)
{
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public ClaudeTranslator Translator { get; } = new("00000000-0000-0000-0000-000000000000", mode);

    public List<AgentEvent> Seen { get; } = [];

    /// <summary>What Claude was answered without a person.</summary>
    public List<JsonObject> Replies { get; } = [];

    public static string[] Names { get; } =
        [.. Directory.GetFiles(Folder, "*.jsonl").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "ClaudeCode", "Recordings");

    public static string[] Lines(string name) => File.ReadAllLines(Path.Combine(Folder, $"{name}.jsonl"));

    public static ClaudeReplay Run(string name, AgentMode mode = AgentMode.Ask)
    {
        var replay = new ClaudeReplay(mode);
        foreach (string line in Lines(name))
            replay.Tell(JsonElement.Parse(line));
        Assert.False(replay.Translator.IsBusy);
        Assert.Null(replay.Translator.GraceEndsAt);
        return replay;
    }

    public IReadOnlyList<AgentEvent> Tell(JsonElement line)
    {
        if (line.Find("we") is { } we)
        {
            Say(we);
            return [];
        }

        var reaction = Translator.Receive(line, Now);
        Seen.AddRange(reaction.Events);
        if (reaction.Reply is { } reply)
            Replies.Add(reply);
        return reaction.Events;
    }

    private void Say(JsonElement we)
    {
        switch (we.FindText("type"))
        {
            case "user" when we.FindText("uuid") is { } uuid:
                if (!Translator.IsBusy)
                    Translator.OnPrompt(uuid);
                else
                    Translator.OnSteer(uuid);
                break;
            case "control_request" when we.Find("request")?.FindText("subtype") == "interrupt":
                Translator.OnInterrupt();
                break;
            case "control_response" when we.Find("response") is { } response && response.FindText("request_id") is { } key:
                Answer(key, response.Find("response") ?? default);
                break;
        }
    }

    private void Answer(string key, JsonElement answer)
    {
        RequestAnswer given = answer.FindText("behavior") == "deny"
            ? new RequestAnswer.Decline()
            : answer.Find("updatedInput")?.Find("answers") is { ValueKind: JsonValueKind.Object } answers
                ? new RequestAnswer.Answers(new Dictionary<string, IReadOnlyList<string>>
                {
                    ["q1"] = [.. answers.EnumerateObject().Select(one => one.Value.AsText())],
                })
                : new RequestAnswer.Approve();
        try
        {
            Translator.TakeRequest(key, given);
        }
        catch (ArgumentException)
        {
            // A mutated recording: another kind of request by this name.
        }
    }
}
