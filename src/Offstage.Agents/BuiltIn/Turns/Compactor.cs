using System.Text;
using Offstage.Agents.BuiltIn.Conversations;
using Offstage.Agents.BuiltIn.Models;
using Offstage.Contracts;

namespace Offstage.Agents.BuiltIn.Turns;

/// <summary>Makes room in the model's window: the model summarises what is old, and what is new stays as it is.</summary>
internal sealed class Compactor(SessionParts parts, TurnItems items, string model)
{
    private const int CharsPerToken = 4;
    private const int PromptTokensMax = 8_000;

    private const string Instructions = """
        You shorten the record of a coding agent's work, so that it can go on without the record. Write what it must know: the person's tasks and
        wishes, in their words where they matter; what was decided and why; which files were read and changed, and how; what commands and
        tests said; what failed; what is done and what comes next. Be exact with paths, names and numbers. No introduction.
        """;

    /// <param name="window">Tokens to make room in; less than the model's own when it said that it is smaller.</param>
    /// <returns>False when nothing can be shortened.</returns>
    public async Task<bool> CompactAsync(long window, CancellationToken cancellationToken)
    {
        var entries = parts.Conversation.Entries;
        int cut = Compaction.FindCut(entries, window / 4);
        if (cut == 0)
            return false;
        var item = new Item(items.NextId("compaction"), ItemStatus.InProgress, new ItemBody.Compaction());
        await items.BeginAsync(item);
        int charsMax = (int)Math.Min(int.MaxValue / 2, window / 2 * CharsPerToken);
        string? summary = await TrySummariseAsync(Transcript.Write(entries.Take(cut), charsMax), cancellationToken);
        if (summary is null)
        {
            await parts.Keeper.EmitAsync(new AgentEvent.Notice(
                NoticeLevel.Warning, "The conversation could not be summarised: it was cut in its middle, and the agent may have forgotten things."));
        }

        int promptCharsMax = (int)Math.Min(PromptTokensMax, window / 8) * CharsPerToken;
        string kept = summary ?? $"(It could not be summarised. This is its beginning and its end.)\n\n{Transcript.Write(entries.Take(cut), (int)Math.Min(charsMax, window / 8 * CharsPerToken))}";
        await parts.ReplaceAsync(Compaction.Apply(entries, cut, kept, promptCharsMax));
        await items.CompleteAsync(item with { Status = ItemStatus.Completed });
        return true;
    }

    private async Task<string?> TrySummariseAsync(string transcript, CancellationToken cancellationToken)
    {
        var sink = new SummarySink();
        var prompt = new Entry.Prompt($"<conversation>\n{transcript}\n</conversation>\n\nShorten this record.", []);
        try
        {
            await parts.Caller.AskAsync(
                parts.Client.Value,
                new ModelRequest(model, null, Instructions, [prompt], [], parts.Options.OutputTokensMax),
                () => sink = new SummarySink(),
                text => parts.Keeper.EmitAsync(new AgentEvent.Notice(NoticeLevel.Warning, text)),
                cancellationToken);
        }
        catch (ModelException)
        {
            // The caller says so to the person and goes on with what it can keep.
            return null;
        }
        finally
        {
            parts.Meter.Add(sink.Usage);
        }

        string summary = sink.Text.ToString().Trim();
        return summary.Length == 0 ? null : summary;
    }

    private sealed class SummarySink : IAnswerSink
    {
        private const int CharsMax = 64 * 1024;

        public StringBuilder Text { get; } = new();

        public ModelUsage Usage { get; private set; } = ModelUsage.None;

        public ValueTask TakeAsync(ModelChunk chunk)
        {
            if (chunk is ModelChunk.Text more && Text.Length < CharsMax)
                Text.Append(more.Delta);
            else if (chunk is ModelChunk.Used used)
                Usage = used.Usage;
            return ValueTask.CompletedTask;
        }

        public ValueTask BreakOffAsync() => ValueTask.CompletedTask;
    }
}
