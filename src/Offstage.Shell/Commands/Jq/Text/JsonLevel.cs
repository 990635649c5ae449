namespace Offstage.Shell.Commands.Jq;

/// <summary>An array or object that is not closed yet. It is used again for others once it is.</summary>
internal sealed class JsonLevel
{
    /// <summary>Up to this many members are gathered here; a larger object looks its keys up by itself.</summary>
    private const int FewMax = 8;

    /// <summary>From here on the room is handed over instead of copied.</summary>
    private const int HandedOverMin = 64;

    private readonly string[] keys = new string[FewMax];
    private JsonValue[] items = [];
    private JsonObject? members;

    /// <summary>The keys of the object before. Objects that follow each other mostly have the same, and share them.</summary>
    private string[] keysBefore = [];

    public bool IsObject { get; private set; }

    /// <summary>Of elements, or of members with different keys.</summary>
    public int Count { get; set; }

    public string? Key { get; set; }

    public bool HasPending { get; set; }

    public bool PendingIsContainer { get; set; }

    public bool AfterComma { get; set; }

    public JsonValue? Pending { get; set; }

    /// <summary>Of a string; it may turn out to be a key.</summary>
    public string? PendingText { get; set; }

    public void Begin(bool isObject)
    {
        IsObject = isObject;
        Count = 0;
        AfterComma = false;
        Settle();
    }

    /// <summary>Forgets what was pending: it was added.</summary>
    public void Settle()
    {
        (HasPending, PendingIsContainer) = (false, false);
        (Pending, PendingText, Key) = (null, null, null);
    }

    public void Append(JsonValue value)
    {
        if (Count == items.Length) Array.Resize(ref items, Math.Max(4, Count * 2));
        items[Count++] = value;
    }

    /// <summary>Adds a member; a key that comes again replaces its value.</summary>
    public void Set(string key, JsonValue value)
    {
        if (members is not null)
        {
            members = members.With(key, value);
            return;
        }

        for (int i = 0; i < Count; i++)
        {
            if (keys[i] != key) continue;
            items[i] = value;
            return;
        }

        if (Count == FewMax)
        {
            members = JsonObject.Own(keys.AsSpan().ToArray(), items.AsSpan(0, Count).ToArray(), Count).With(key, value);
            return;
        }

        keys[Count] = key;
        Append(value);
    }

    public JsonValue ToValue()
    {
        JsonValue value = members is not null ? members : IsObject ? Few() : Elements();
        members = null;
        // What is kept for the next must not keep the values of this one.
        items.AsSpan().Clear();
        return value;
    }

    private JsonArray Elements()
    {
        if (Count < HandedOverMin) return JsonArray.Own(items.AsSpan(0, Count).ToArray());
        JsonValue[] all = items;
        items = [];
        return JsonArray.Own(all, Count);
    }

    private JsonObject Few()
    {
        if (!keysBefore.AsSpan().SequenceEqual(keys.AsSpan(0, Count))) keysBefore = keys.AsSpan(0, Count).ToArray();
        return JsonObject.Own(keysBefore, items.AsSpan(0, Count).ToArray(), Count);
    }
}
