using Offstage.Contracts;
using Offstage.Sessions.EventLog;
using Offstage.Sessions.Lifecycle;
using Offstage.Sql;

namespace Offstage.Sessions.Effects;

/// <summary>
/// The conversation so far in plain text, for an agent that is new to it (S6): what was asked and said, what was run and changed, the last
/// plan. Turns that a revert took back are not in it.
/// </summary>
internal sealed class ConversationText(ISessionStore store)
{
    private const int OutputMax = 400;
    private const int PartMax = 12_000;
    private const int PageSize = 500;

    private static readonly string[] Kinds =
        ["prompt.queued", "turn.created", "turn.steered", "item.completed", "turn.ended", "revert.completed"];

    /// <param name="current">The prompt that is about to be handed over: not part of what was said before.</param>
    /// <returns>Null when nothing was said before.</returns>
    public async Task<string?> BuildAsync(SessionState state, PromptId current, CancellationToken cancellationToken)
    {
        var parts = new Transcript();
        if (state.Setup.ForkedFrom is { } fork)
        {
            await ReadAsync(fork.Session, fork.UpTo, current, parts, cancellationToken);
            parts.EndInherited();
        }

        await ReadAsync(state.Session, state.Sequence, current, parts, cancellationToken);
        return parts.ToText();
    }

    private async Task ReadAsync(
        SessionId session, EventSequence upTo, PromptId current, Transcript parts, CancellationToken cancellationToken)
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
                        prompts[e.Prompt] = e.Text + Images(e.Attachments);
                        break;
                    case SessionEventBody.TurnCreated e:
                        parts.BeginTurn(e.Checkpoint);
                        if (e.Prompt != current && prompts.Remove(e.Prompt, out string? text))
                            parts.Add($"User: {Shorten(text, PartMax)}");
                        break;
                    case SessionEventBody.TurnSteered e:
                        parts.Add($"User, while the assistant worked: {Shorten(e.Text, PartMax)}");
                        break;
                    case SessionEventBody.ItemCompleted { Item.Body: ItemBody.Plan plan }:
                        parts.LastPlan = Describe(plan);
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
                    case SessionEventBody.WorkspaceReverted e:
                        parts.TakeBack(e.Checkpoint);
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
        ItemBody.Message m when m.Text.Length > 0 => $"Assistant: {Shorten(m.Text, PartMax)}",
        ItemBody.Command c => $"(Assistant ran: {Shorten(c.CommandLine, 2 * OutputMax)}{(c.ExitCode is { } code ? $" → exit {code}" : "")}{Output(c.Output)})",
        ItemBody.FileChange f => $"(Assistant changed: {string.Join(", ", f.Files.Select(file => file.Path))})",
        ItemBody.ToolCall t => $"(Assistant used {t.Tool}{Output(t.Result)})",
        ItemBody.ProposedPlan p => $"(Assistant proposed this plan:\n{Shorten(p.Text, PartMax)})",
        ItemBody.Plan p => $"(The plan as it was last:\n{string.Join("\n", p.Steps.Select(step => $"- {(step.Status == ItemStatus.Completed ? "done: " : "")}{step.Text}"))})",
        _ => null,
    };

    private static string Images(IReadOnlyList<Attachment>? attachments)
        => attachments is { Count: > 0 } ? $"\n(With {attachments.Count} images, which are not repeated here: {string.Join(", ", attachments.Select(a => a.Name))})" : "";

    private static string Output(string? output) => string.IsNullOrWhiteSpace(output) ? "" : $"\n{Shorten(output.Trim(), OutputMax)}";

    private static string Shorten(string text, int max)
        => text.Length <= max ? text : $"{text[..(max / 2)]}… ({text.Length - max} characters are left out here) …{text[^(max / 2)..]}";
}
