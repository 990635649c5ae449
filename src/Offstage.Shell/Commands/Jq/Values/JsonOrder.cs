namespace Offstage.Shell.Commands.Jq;

/// <summary>The order of all values: by kind, then by value; objects by their sorted keys first.</summary>
internal sealed class JsonOrder : IComparer<JsonValue>
{
    public const int DepthMax = 10_000;

    public static JsonOrder Instance { get; } = new();

    int IComparer<JsonValue>.Compare(JsonValue? x, JsonValue? y) => Compare(x!, y!);

    public static bool AreEqual(JsonValue a, JsonValue b) => ReferenceEquals(a, b) ? a.Kind is not (JsonKind.Number or JsonKind.Array or JsonKind.Object) || Compare(a, b) == 0 : Compare(a, b) == 0;

    public static int Compare(JsonValue a, JsonValue b)
    {
        if (a.Kind != b.Kind) return a.Kind.CompareTo(b.Kind);
        switch (a.Kind)
        {
            case JsonKind.Number:
                return Compare((JsonNumber)a, (JsonNumber)b);
            case JsonKind.String:
                return Compare(((JsonString)a).Value, ((JsonString)b).Value);
            case JsonKind.Array:
                System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
                var left = (JsonArray)a;
                var right = (JsonArray)b;
                for (int i = 0; i < left.Count && i < right.Count; i++)
                {
                    int order = Compare(left[i], right[i]);
                    if (order != 0) return order;
                }

                return left.Count.CompareTo(right.Count);
            case JsonKind.Object:
                System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
                return Compare((JsonObject)a, (JsonObject)b);
            default:
                return 0;
        }
    }

    /// <summary>By code points, which differs from the order of UTF-16 units where surrogates are involved.</summary>
    public static int Compare(string a, string b)
    {
        int common = a.AsSpan().CommonPrefixLength(b);
        if (common == a.Length || common == b.Length) return a.Length.CompareTo(b.Length);
        char x = a[common], y = b[common];
        bool surrogateX = char.IsSurrogate(x), surrogateY = char.IsSurrogate(y);
        return surrogateX == surrogateY ? x.CompareTo(y) : surrogateX ? 1 : -1;
    }

    /// <summary>NaN is less than every number, itself included.</summary>
    private static int Compare(JsonNumber a, JsonNumber b)
    {
        if (a.Value < b.Value || double.IsNaN(a.Value)) return -1;
        if (a.Value > b.Value || double.IsNaN(b.Value)) return 1;
        return a.Literal is null && b.Literal is null ? 0 : NumberText.CompareDigits(a, b);
    }

    private static int Compare(JsonObject a, JsonObject b)
    {
        string[] left = a.SortedKeys(), right = b.SortedKeys();
        for (int i = 0; i < left.Length && i < right.Length; i++)
        {
            int order = Compare(left[i], right[i]);
            if (order != 0) return order;
        }

        if (left.Length != right.Length) return left.Length.CompareTo(right.Length);
        foreach (string key in left)
        {
            int order = Compare(a.Find(key)!, b.Find(key)!);
            if (order != 0) return order;
        }

        return 0;
    }
}
