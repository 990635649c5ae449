using System.Text;
using System.Text.RegularExpressions;
using Offstage.Agents.BuiltIn.Conversations;
using Offstage.Agents.BuiltIn.Models;
using Offstage.Contracts;

namespace Offstage.Agents.BuiltIn.Turns;

/// <summary>One answer on its way: its text and reasoning become items with deltas, the whole of it an entry.</summary>
/// <param name="taken">Ids of the calls before it.</param>
internal sealed partial class AnswerWriter(TurnItems items, IReadOnlySet<string> taken) : IAnswerSink
{
    private const int CallsMax = 64;
    private const int TextCharsMax = 4 * 1024 * 1024;

    private readonly List<Part> parts = [];
    private readonly List<Part.Call> calls = [];
    private readonly StringBuilder text = new();
    private Item? open;

    public ModelUsage Usage { get; private set; } = ModelUsage.None;

    public ModelStop? Stop { get; private set; }

    public IReadOnlyList<Part> Parts => parts;

    /// <summary>As the model wrote them: their arguments may be no JSON.</summary>
    public IReadOnlyList<Part.Call> Calls => calls;

    public async ValueTask TakeAsync(ModelChunk chunk)
    {
        switch (chunk)
        {
            case ModelChunk.Text { Delta.Length: > 0 } more:
                await AddAsync(new ItemBody.Message(""), "message", DeltaKind.Message, more.Delta);
                break;
            case ModelChunk.Reasoning { Delta.Length: > 0 } more:
                await AddAsync(new ItemBody.Reasoning(""), "reasoning", DeltaKind.Reasoning, more.Delta);
                break;
            case ModelChunk.ReasoningDone done when open is { Body: ItemBody.Reasoning }:
                await EndPartAsync(ItemStatus.Completed, done);
                break;
            case ModelChunk.ReasoningDone { Proof: not null } done:
                await EndPartAsync(ItemStatus.Completed);
                parts.Add(new Part.Reasoning("", done.Id, done.Proof, done.Hidden));
                break;
            case ModelChunk.Call call:
                await EndPartAsync(ItemStatus.Completed);
                if (calls.Count >= CallsMax)
                    throw new ModelException(new ModelFailure.Lasting("model_answer_too_large", $"The model made more than {CallsMax} calls in one answer."));
                calls.Add(new Part.Call(IdOf(call.Id), NameOf(call.Tool), call.Arguments));
                break;
            case ModelChunk.Used used:
                Usage = used.Usage;
                break;
            case ModelChunk.Ended ended:
                Stop = ended.Stop;
                break;
        }
    }

    /// <summary>Nothing more comes, and all is well.</summary>
    /// <param name="asPlan">Its last text is what the agent would do, for the person to accept.</param>
    public async ValueTask CompleteAsync(bool asPlan)
    {
        if (asPlan && open is { Body: ItemBody.Message } message)
        {
            parts.Add(new Part.Text(text.ToString()));
            open = null;
            await items.CompleteAsync(message with { Status = ItemStatus.Completed, Body = new ItemBody.ProposedPlan(text.ToString()) });
            return;
        }

        await EndPartAsync(ItemStatus.Completed);
        if (asPlan && parts.OfType<Part.Text>().LastOrDefault() is { } last)
            await items.CompleteAsync(new Item(items.NextId("proposal"), ItemStatus.Completed, new ItemBody.ProposedPlan(last.Value)));
    }

    public async ValueTask BreakOffAsync()
    {
        calls.Clear();
        await EndPartAsync(ItemStatus.Failed);
    }

    private async ValueTask AddAsync(ItemBody kind, string name, DeltaKind delta, string more)
    {
        if (open?.Body.GetType() != kind.GetType())
        {
            await EndPartAsync(ItemStatus.Completed);
            await items.BeginAsync(open = new Item(items.NextId(name), ItemStatus.InProgress, kind));
        }

        if (text.Length + more.Length > TextCharsMax)
            throw new ModelException(new ModelFailure.Lasting("model_answer_too_large", $"The model's answer is longer than {TextCharsMax} characters."));
        text.Append(more);
        await items.DeltaAsync(open.Id, delta, more);
    }

    private async ValueTask EndPartAsync(ItemStatus status, ModelChunk.ReasoningDone? done = null)
    {
        if (open is not { } item)
            return;
        open = null;
        string whole = text.ToString();
        text.Clear();
        bool isReasoning = item.Body is ItemBody.Reasoning;
        parts.Add(isReasoning ? new Part.Reasoning(whole, done?.Id, done?.Proof) : new Part.Text(whole));
        await items.CompleteAsync(item with { Status = status, Body = isReasoning ? new ItemBody.Reasoning(whole) : new ItemBody.Message(whole) });
    }

    // Ids go into conversations that another endpoint may read: no two alike, and of the letters that all take.
    private string IdOf(string id) => WellFormedId().IsMatch(id) && !taken.Contains(id) && !calls.Exists(call => call.Id == id)
        ? id
        : $"call_{Guid.NewGuid():N}";

    private static string NameOf(string name)
    {
        string safe = UnsafeInName().Replace(name, "_");
        return safe.Length is 0 ? "unnamed" : safe.Length > 64 ? safe[..64] : safe;
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$")]
    private static partial Regex WellFormedId();

    [GeneratedRegex("[^A-Za-z0-9_-]")]
    private static partial Regex UnsafeInName();
}
