using System.Text.Json;
using Offstage.Agents.OpenCode;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.Tests.OpenCode;

/// <summary>What the real OpenCode 1.18.33 said to scripted prompts: its side only, with folders and ports replaced.</summary>
internal static class Recording
{
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static IReadOnlyList<string> Names { get; } =
    [
        .. Directory.EnumerateFiles(Folder, "*.jsonl").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal),
    ];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "OpenCode", "Recordings");

    public static IReadOnlyList<string> Lines(string name) => File.ReadAllLines(Path.Combine(Folder, $"{name}.jsonl"));

    /// <summary>A translator to whose conversation a prompt has been handed over.</summary>
    public static OpenCodeTranslator Prompted(string name, AgentMode mode)
    {
        var translator = new OpenCodeTranslator();
        translator.OnConversation(JsonElement.Parse(Lines(name)[0]).Find("properties")!.Value.Find("info")!.Value, null, mode);
        Assert.True(translator.TryBegin(null));
        translator.OnPrompted(Now);
        return translator;
    }

    public static (List<AgentEvent> Events, List<OpenCodeReply> Replies, OpenCodeTranslator Translator) Replay(string name, AgentMode mode)
    {
        var translator = Prompted(name, mode);
        List<AgentEvent> events = [];
        List<OpenCodeReply> replies = [];
        foreach (var line in Lines(name))
        {
            var reaction = translator.Receive(JsonElement.Parse(line), Now);
            events.AddRange(reaction.Events);
            replies.AddRange(reaction.Replies);
        }

        return (events, replies, translator);
    }
}
