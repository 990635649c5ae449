using System.Text.Json;
using Offstage.Agents.Acp;
using Offstage.Agents.Processes;
using Offstage.Contracts;
using Offstage.Processes.JsonRpc;

namespace Offstage.Agents.Tests.Acp;

/// <summary>A recording, and a translator that hears it. The recordings hold the agent's side as it was said, with folders replaced, and
/// a line of the recorder's own for each prompt, answer and interrupt.</summary>
internal sealed class AcpReplay
{
    private readonly AcpSettings settings = new(new AcpOptions { Name = "recorded", Command = "recorded" });

    public AcpReplay() => Translator = new AcpTranslator(settings, "/workspace", _ => null);

    public AcpTranslator Translator { get; }

    public List<AgentEvent> Seen { get; } = [];

    public List<AcpWork> Works { get; } = [];

    public AcpSettings Settings => settings;

    public static IReadOnlyList<string> Names =>
        [.. Directory.EnumerateFiles(Folder, "*.jsonl").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    public static IReadOnlyList<JsonElement> Read(string name) =>
        [.. File.ReadLines(Path.Combine(Folder, $"{name}.jsonl")).Select(line => JsonElement.Parse(line))];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Acp", "Recordings");

    public static AcpReplay Of(string name)
    {
        var replay = new AcpReplay();
        foreach (var line in Read(name))
            replay.Hear(line);
        return replay;
    }

    public void Hear(JsonElement line)
    {
        switch (line.FindText("recorder"))
        {
            case "turn" when !Translator.IsTurnRunning:
                Seen.AddRange(Translator.BeginTurn(Enum.TryParse<AgentMode>(line.FindText("mode"), ignoreCase: true, out var mode) ? mode : AgentMode.Ask));
                return;
            case "answer":
                Answer(line.FindText("key") ?? "", line.FindText("answer"));
                return;
            case "cancel":
                Add(Translator.CancelRequests());
                return;
            case not null:
                return;
        }

        if (line.FindText("method") is { } method)
        {
            var parameters = line.Find("params") ?? default;
            Add(Translator.Receive(line.Find("id") is { } id
                ? new JsonRpcMessage.Request(id.ValueKind == JsonValueKind.Number && id.TryGetInt64(out long number) ? new(number) : new(id.AsText()), method, parameters)
                : new JsonRpcMessage.Notification(method, parameters)));
        }
        else if (line.Find("result")?.FindText("sessionId") is { } session)
        {
            settings.OnOpened(line.Find("result")!.Value);
            Translator.OnSession(session);
        }
        else if (Translator.IsTurnRunning)
        {
            var refusal = line.Find("error") is { } error
                ? new JsonRpcError((int)(error.FindNumber("code") ?? 0), error.FindText("message") ?? "", error.Find("data") ?? default) : null;
            Add(Translator.Receive(new JsonRpcMessage.Answer(new(1), "session/prompt", line.Find("result") ?? default, refusal)));
        }
    }

    public void Answer(string key, string? answer)
    {
        RequestAnswer said = answer == "decline" ? new RequestAnswer.Decline() : new RequestAnswer.Approve(ForSession: answer == "session");
        try
        {
            Add(Translator.Answer(key, said, out var work), work);
        }
        catch (ArgumentException)
        {
            // A question, which yes does not answer.
            Add(Translator.Answer(key, new RequestAnswer.Answers(new Dictionary<string, IReadOnlyList<string>>()), out var work), work);
        }
    }

    private void Add(AcpReaction reaction)
    {
        Seen.AddRange(reaction.Events);
        Works.AddRange(reaction.Works);
    }

    private void Add(IReadOnlyList<AgentEvent> events, AcpWork? work)
    {
        Seen.AddRange(events);
        if (work is not null)
            Works.Add(work);
    }
}
