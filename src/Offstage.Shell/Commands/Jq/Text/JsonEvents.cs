namespace Offstage.Shell.Commands.Jq;

/// <summary>Turns what a reader meets into the events of <c>--stream</c>: <c>[path, leaf]</c>, and <c>[path]</c> at the end of a container.</summary>
internal sealed class JsonEvents
{
    private readonly List<JsonValue> path = [];
    private readonly Queue<JsonValue> ready = new();

    public bool TryTake(out JsonValue? value) => ready.TryDequeue(out value);

    public void Open() => path.Add(JsonValue.Null);

    public void Key(string key) => path[^1] = JsonValue.Of(key);

    public void Index(int index) => path[^1] = JsonValue.Of(index);

    public void Leaf(JsonValue value) => ready.Enqueue(JsonArray.Own([JsonArray.Own([.. path]), value]));

    /// <param name="empty">The value when it has no elements, which is a leaf then; otherwise null.</param>
    public void Close(JsonValue? empty)
    {
        if (empty is not null) path.RemoveAt(path.Count - 1);
        JsonArray here = JsonArray.Own([.. path]);
        ready.Enqueue(empty is null ? JsonArray.Own([here]) : JsonArray.Own([here, empty]));
        if (empty is null) path.RemoveAt(path.Count - 1);
    }
}
