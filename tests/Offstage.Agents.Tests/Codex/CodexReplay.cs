using System.Text.Json;
using Offstage.Agents.Codex;
using Offstage.Agents.Processes;
using Offstage.Processes.JsonRpc;

namespace Offstage.Agents.Tests.Codex;

/// <summary>Tells a translator what Codex said, line by line.</summary>
internal sealed class CodexReplay
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static string[] Names { get; } =
        ["command-approved", "command-declined", "failed", "interrupted", "output-deltas", "patch-approved", "question"];

    public CodexTranslator Translator { get; } = new();

    public static IReadOnlyList<string> Lines(string name)
        => File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Codex", "Recordings", $"{name}.jsonl"));

    public IReadOnlyList<AgentEvent> Tell(string line)
    {
        var root = JsonElement.Parse(line);
        if (root.FindText("method") is { } method)
        {
            var parameters = root.Find("params") ?? default;
            JsonRpcMessage message = root.FindNumber("id") is { } id
                ? new JsonRpcMessage.Request(new JsonRpcId(id), method, parameters)
                : new JsonRpcMessage.Notification(method, parameters);
            return Translator.Receive(message, Now).Events;
        }

        if (root.Find("result") is { } result)
        {
            if (result.Find("thread")?.FindText("id") is { } thread)
                Translator.OnThread(thread);
            if (result.Find("turn")?.FindText("id") is { } turn)
                Translator.OnTurnConfirmed(turn);
        }

        return [];
    }
}
