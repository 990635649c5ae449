using Offstage.Contracts;
using Offstage.Sql.Writing;

namespace Offstage.Sql.Postgres;

/// <summary>Which appends of a batch win, decided on rows that are locked: each by itself, in order of arrival.</summary>
internal sealed class AppendPlan
{
    private readonly Dictionary<string, long> sequences;
    private readonly Dictionary<(string Scope, string Key), IdempotencyRecord> keys;
    private readonly HashSet<string> touched = new(StringComparer.Ordinal);

    /// <param name="sequences">Sequences of the sessions that exist.</param>
    /// <param name="keys">Keys that were used before.</param>
    public AppendPlan(Dictionary<string, long> sequences, Dictionary<(string Scope, string Key), IdempotencyRecord> keys)
    {
        this.sequences = sequences;
        this.keys = keys;
    }

    public List<AppendRequest> Winners { get; } = [];

    /// <summary>Came after a winner on the same session: they need its row written first.</summary>
    public List<WriteRequest> Later { get; } = [];

    public void Add(AppendRequest request)
    {
        var append = request.Append;
        string session = append.Row.Session.Value;
        if (append.Idempotency is { } key && keys.TryGetValue((key.Scope, key.Key), out var existing))
        {
            request.Stage(new AppendResult.KeyUsed(existing));
            return;
        }

        // Whether it follows or loses depends on the winner's commit, so it is decided after that.
        if (touched.Contains(session))
        {
            Later.Add(request);
            return;
        }

        long actual = sequences.GetValueOrDefault(session);
        if (actual != append.Expected.Value)
        {
            request.Stage(new AppendResult.Conflict(new EventSequence(actual)));
            return;
        }

        touched.Add(session);
        if (append.Idempotency is { } used)
            keys[(used.Scope, used.Key)] = used;
        Winners.Add(request);
    }
}
