using Offstage.Contracts;
using Offstage.Sessions.EventLog;
using Offstage.Sessions.Lifecycle;
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
    public async Task<string?> BuildAsync(SessionState state, PromptId current, CancellationToken cancellationToken)
    {
        var parts = new BoundedParts();
        if (state.Setup.ForkedFrom is { } fork)
            await ReadAsync(fork.Session, fork.UpTo, current, parts, cancellationToken);
        await ReadAsync(state.Session, state.Sequence, current, parts, cancellationToken);
        return parts.ToText();
    }

    private async Task ReadAsync(
        SessionId session, EventSequence upTo, PromptId current, BoundedParts parts, CancellationToken cancellationToken)
    {
        var prompts = new Dictionary<PromptId, string>();
        var after = EventSequence.None;
        while (true)
        {
            var page = await store.ReadEventsAsync(session, Kinds, after, PageSize, cancellationToken);
            foreach (var stored in page)
            {
                if (stored.Sequence > upTo)
                    return;
                switch (EventCodec.Read(session, stored).Body)
                {
                    case SessionEventBody.PromptQueued e:
                        prompts[e.Prompt] = e.Text;
                        break;
                    case SessionEventBody.TurnCreated e when e.Prompt != current && prompts.TryGetValue(e.Prompt, out string? text):
                        parts.Add($"User: {text}");
                        break;
                    case SessionEventBody.ItemCompleted e when Describe(e.Item.Body) is { } described:
                        parts.Add(described);
                        break;
                    case SessionEventBody.TurnEnded { Outcome: TurnOutcome.Failed failed }:
                        parts.Add($"(The turn failed: {failed.Failure.Message})");
                        break;
                    case SessionEventBody.TurnEnded { Outcome: TurnOutcome.Interrupted }:
                        parts.Add("(The turn was interrupted.)");
                        break;
                }
            }

            if (page.Count < PageSize)
                return;
            after = page[^1].Sequence;
        }
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

    /// <summary>The newest parts, up to a length in all.</summary>
    private sealed class BoundedParts
    {
        private readonly LinkedList<string> parts = new();
        private int length;
        private bool cut;

        public void Add(string part)
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

        public string? ToText()
        {
            if (parts.Count == 0)
                return null;
            string all = string.Join("\n\n", parts);
            return cut ? $"(Earlier parts are left out.)\n\n{all}" : all;
        }
    }
}
