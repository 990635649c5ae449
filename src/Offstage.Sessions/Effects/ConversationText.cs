using System.Text;
using Offstage.Contracts;
using Offstage.Sessions.EventLog;
using Offstage.Sql;

namespace Offstage.Sessions.Effects;

/// <summary>The conversation so far in plain text, for an agent that is new to it (S6).</summary>
internal sealed class ConversationText(ISessionStore store)
{
    /// <summary>What is older than this many characters is left out, and that is said.</summary>
    private const int LengthMax = 60_000;

    private const int OutputMax = 400;
    private const int PageSize = 500;

    private static readonly string[] Kinds = ["prompt.queued", "turn.created", "item.completed", "turn.ended"];

    /// <param name="current">The prompt that is about to be handed over: not part of what was said before.</param>
    /// <returns>Null when nothing was said before.</returns>
    public async Task<string?> BuildAsync(SessionId session, PromptId current, CancellationToken cancellationToken)
    {
        var prompts = new Dictionary<PromptId, string>();
        var parts = new LinkedList<string>();
        int length = 0;
        bool cut = false;
        void Add(string part)
        {
            parts.AddLast(part);
            length += part.Length;
            while (length > LengthMax && parts.Count > 1)
            {
                length -= parts.First!.Value.Length;
                parts.RemoveFirst();
                cut = true;
            }
        }

        var after = EventSequence.None;
        while (true)
        {
            var page = await store.ReadEventsAsync(session, Kinds, after, PageSize, cancellationToken);
            foreach (var stored in page)
            {
                switch (EventCodec.Read(session, stored).Body)
                {
                    case SessionEventBody.PromptQueued e:
                        prompts[e.Prompt] = e.Text;
                        break;
                    case SessionEventBody.TurnCreated e when e.Prompt != current && prompts.TryGetValue(e.Prompt, out string? text):
                        Add($"User: {text}");
                        break;
                    case SessionEventBody.ItemCompleted e when Describe(e.Item.Body) is { } described:
                        Add(described);
                        break;
                    case SessionEventBody.TurnEnded { Outcome: TurnOutcome.Failed failed }:
                        Add($"(The turn failed: {failed.Failure.Message})");
                        break;
                    case SessionEventBody.TurnEnded { Outcome: TurnOutcome.Interrupted }:
                        Add("(The turn was interrupted.)");
                        break;
                }
            }

            if (page.Count < PageSize)
                break;
            after = page[^1].Sequence;
        }

        if (parts.Count == 0)
            return null;
        var all = new StringBuilder();
        if (cut)
            all.AppendLine("(Earlier parts are left out.)").AppendLine();
        return all.AppendJoin("\n\n", parts).ToString();
    }

    private static string? Describe(ItemBody body) => body switch
    {
        ItemBody.Message m when m.Text.Length > 0 => $"Assistant: {m.Text}",
        ItemBody.Command c => $"(Assistant ran: {c.CommandLine}{(c.ExitCode is { } code ? $" → exit {code}" : "")}{Shorten(c.Output)})",
        ItemBody.FileChange f => $"(Assistant changed: {string.Join(", ", f.Files.Select(file => file.Path))})",
        ItemBody.ToolCall t => $"(Assistant used {t.Tool}{Shorten(t.Result)})",
        _ => null,
    };

    private static string Shorten(string? output)
    {
        if (string.IsNullOrWhiteSpace(output))
            return "";
        string trimmed = output.Trim();
        return trimmed.Length <= OutputMax ? $"\n{trimmed}" : $"\n{trimmed[..OutputMax]}…";
    }
}
