using System.Text;
using System.Text.Json;
using Offstage.Agents.Script;
using Offstage.Contracts;
using Offstage.Processes.JsonRpc;

namespace Offstage.ScriptAgent;

/// <summary>What one turn says to the adapter.</summary>
internal sealed class TurnSpeech(JsonRpcConnection connection, int turn)
{
    private int items;
    private int asks;

    public string NextItemId() => $"{turn}-{++items}";

    public ValueTask StartedAsync() => connection.NotifyAsync(
        ScriptMethods.TurnStarted, new TurnStartedNotification(turn), ScriptJson.Default.TurnStartedNotification,
        moreFollows: true, CancellationToken.None);

    public ValueTask EndedAsync(string outcome, string? error) => connection.NotifyAsync(
        ScriptMethods.TurnEnded, new TurnEndedNotification(turn, outcome, error), ScriptJson.Default.TurnEndedNotification,
        moreFollows: false, CancellationToken.None);

    /// <param name="more">The next message follows at once, so that this one can wait for it.</param>
    public ValueTask ItemStartedAsync(Item item, bool more) => ItemAsync(ScriptMethods.ItemStarted, item, more);

    public ValueTask ItemCompletedAsync(Item item, bool more) => ItemAsync(ScriptMethods.ItemCompleted, item, more);

    public ValueTask DeltaAsync(string itemId, DeltaKind kind, string text, bool more) => connection.NotifyAsync(
        ScriptMethods.ItemDelta, new DeltaNotification(turn, itemId, kind, text), ScriptJson.Default.DeltaNotification,
        more, CancellationToken.None);

    /// <summary>A message with its start, its deltas and its end.</summary>
    public async ValueTask MessageAsync(IEnumerable<string> deltas, bool more)
    {
        var id = NextItemId();
        var text = new StringBuilder();
        await ItemStartedAsync(new Item(id, ItemStatus.InProgress, new ItemBody.Message("")), more: true);
        foreach (var delta in deltas)
        {
            text.Append(delta);
            await DeltaAsync(id, DeltaKind.Message, delta, more: true);
        }

        await ItemCompletedAsync(new Item(id, ItemStatus.Completed, new ItemBody.Message(text.ToString())), more);
    }

    public ValueTask UsageAsync(TokenUsage usage) => connection.NotifyAsync(
        ScriptMethods.Usage, new UsageNotification(usage), ScriptJson.Default.UsageNotification,
        moreFollows: true, CancellationToken.None);

    public ValueTask ReportAsync(string report, string? message) => connection.NotifyAsync(
        ScriptMethods.Report, new ReportNotification(report, message), ScriptJson.Default.ReportNotification,
        moreFollows: false, CancellationToken.None);

    public async Task<RequestAnswer> AskAsync(string? itemId, RequestBody request, CancellationToken cancellationToken)
    {
        var key = $"{turn}-r{++asks}";
        try
        {
            var answer = await connection.RequestAsync(
                ScriptMethods.Ask, new AskParams(turn, key, itemId, request), ScriptJson.Default.AskParams, cancellationToken);
            return answer.Deserialize(ScriptJson.Default.AskResponse)!.Answer;
        }
        finally
        {
            await connection.NotifyAsync(
                ScriptMethods.AskClosed, new AskClosedNotification(key), ScriptJson.Default.AskClosedNotification,
                moreFollows: true, CancellationToken.None);
        }
    }

    public ValueTask RawLineAsync(ReadOnlyMemory<byte> line) => connection.SendLineAsync(line, CancellationToken.None);

    /// <summary>What waits for a next message goes out now.</summary>
    public ValueTask FlushAsync() => connection.FlushAsync(CancellationToken.None);

    /// <summary>Everything said is with the pipe; nothing can be said afterwards.</summary>
    public Task FinishAsync() => connection.CompleteAsync(CancellationToken.None);

    private ValueTask ItemAsync(string method, Item item, bool more) => connection.NotifyAsync(
        method, new ItemNotification(turn, item), ScriptJson.Default.ItemNotification, more, CancellationToken.None);
}
