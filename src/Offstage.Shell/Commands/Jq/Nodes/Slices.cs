namespace Offstage.Shell.Commands.Jq;

/// <summary>Slices and where one array stands in another.</summary>
internal static class Slices
{
    private static readonly string[] names = ["start", "end"];

    public static JsonObject Key(JsonValue from, JsonValue to) => JsonObject.Own([.. names], [from, to], 2);

    /// <returns>False when a bound is neither number nor null.</returns>
    public static bool TryRange(JsonObject slice, int length, out int from, out int to)
    {
        from = to = 0;
        JsonValue start = slice.Find("start") ?? JsonValue.Null, end = slice.Find("end") ?? JsonValue.Null;
        if (!(start.IsNull || start is JsonNumber) || !(end.IsNull || end is JsonNumber)) return false;
        double first = start is JsonNumber s ? s.Value : 0, last = end is JsonNumber e ? e.Value : length;
        if (double.IsNaN(first)) first = 0;
        if (double.IsNaN(last)) last = length;
        if (first < 0) first += length;
        if (last < 0) last += length;
        first = Math.Clamp(Math.Floor(first), 0, length);
        last = Math.Clamp(Math.Ceiling(last), 0, length);
        (from, to) = ((int)first, (int)Math.Max(first, last));
        return true;
    }

    public static JsonValue Indexes(JsonArray array, JsonArray wanted)
    {
        var found = new List<JsonValue>();
        if (wanted.Count == 0) return JsonValue.Null;
        for (int i = 0; i + wanted.Count <= array.Count; i++)
        {
            int matched = 0;
            while (matched < wanted.Count && JsonOrder.AreEqual(array[i + matched], wanted[matched])) matched++;
            if (matched == wanted.Count) found.Add(JsonValue.Of(i));
        }

        return JsonArray.Of(found);
    }
}
