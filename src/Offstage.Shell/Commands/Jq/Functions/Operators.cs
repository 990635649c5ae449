using System.Text;

namespace Offstage.Shell.Commands.Jq;

/// <summary>The operators of two values.</summary>
internal static class Operators
{
    private const long TextMax = 1 << 28;

    public static Func<JqRun, JsonValue, JsonValue, JsonValue?> Of(string symbol) => symbol switch
    {
        "+" => Add,
        "-" => Subtract,
        "*" => Multiply,
        "/" => Divide,
        "%" => Modulo,
        "==" => static (_, a, b) => JsonValue.Of(JsonOrder.AreEqual(a, b)),
        "!=" => static (_, a, b) => JsonValue.Of(!JsonOrder.AreEqual(a, b)),
        "<" => static (_, a, b) => JsonValue.Of(JsonOrder.Compare(a, b) < 0),
        "<=" => static (_, a, b) => JsonValue.Of(JsonOrder.Compare(a, b) <= 0),
        ">" => static (_, a, b) => JsonValue.Of(JsonOrder.Compare(a, b) > 0),
        ">=" => static (_, a, b) => JsonValue.Of(JsonOrder.Compare(a, b) >= 0),
        _ => throw new ArgumentOutOfRangeException(nameof(symbol), symbol, "no operator"),
    };

    public static JsonValue? Add(JqRun run, JsonValue a, JsonValue b)
    {
        switch (a, b)
        {
            case (JsonNumber x, JsonNumber y):
                return JsonValue.Of(x.Value + y.Value);
            case ({ IsNull: true }, _):
                return b;
            case (_, { IsNull: true }):
                return a;
            case (JsonString x, JsonString y):
                if (x.Value.Length + (long)y.Value.Length > TextMax) throw new JqMemoryException();
                return HeldMemory.Watch(run, JsonValue.Of(x.Value + y.Value));
            case (JsonArray x, JsonArray y):
                return HeldMemory.Watch(run, x.Append(y));
            case (JsonObject x, JsonObject y):
                JsonObject both = x;
                ReadOnlySpan<string> keys = y.Keys;
                for (int i = 0; i < y.Count; i++) both = both.With(y.Keys[i], y.Values[i]);
                return both;
            default:
                return run.Fail($"{ErrorText.Of(a)} and {ErrorText.Of(b)} cannot be added");
        }
    }

    public static JsonValue? Subtract(JqRun run, JsonValue a, JsonValue b)
    {
        if (a is JsonNumber x && b is JsonNumber y) return JsonValue.Of(x.Value - y.Value);
        if (a is not JsonArray from || b is not JsonArray what) return run.Fail($"{ErrorText.Of(a)} and {ErrorText.Of(b)} cannot be subtracted");
        JsonValue[] removed = what.Items.ToArray();
        Array.Sort(removed, JsonOrder.Instance);
        var kept = new List<JsonValue>();
        foreach (JsonValue item in from.Items)
        {
            run.Step();
            if (Array.BinarySearch(removed, item, JsonOrder.Instance) < 0) kept.Add(item);
        }

        return JsonArray.Of(kept);
    }

    public static JsonValue? Multiply(JqRun run, JsonValue a, JsonValue b)
    {
        switch (a, b)
        {
            case (JsonNumber x, JsonNumber y):
                return JsonValue.Of(x.Value * y.Value);
            case (JsonString text, JsonNumber times):
                return Repeat(run, text.Value, times.Value);
            case (JsonNumber times, JsonString text):
                return Repeat(run, text.Value, times.Value);
            case (JsonObject x, JsonObject y):
                return Merge(x, y);
            default:
                return run.Fail($"{ErrorText.Of(a)} and {ErrorText.Of(b)} cannot be multiplied");
        }
    }

    public static JsonValue? Divide(JqRun run, JsonValue a, JsonValue b)
    {
        if (a is JsonNumber x && b is JsonNumber y)
        {
            return y.Value == 0
                ? run.Fail($"{ErrorText.Of(a)} and {ErrorText.Of(b)} cannot be divided because the divisor is zero")
                : JsonValue.Of(x.Value / y.Value);
        }

        if (a is JsonString text && b is JsonString separator) return Texts.Split(text.Value, separator.Value);
        return run.Fail($"{ErrorText.Of(a)} and {ErrorText.Of(b)} cannot be divided");
    }

    public static JsonValue? Modulo(JqRun run, JsonValue a, JsonValue b)
    {
        if (a is not JsonNumber x || b is not JsonNumber y) return run.Fail($"{ErrorText.Of(a)} and {ErrorText.Of(b)} cannot be divided");
        if (double.IsNaN(x.Value) || double.IsNaN(y.Value)) return JsonValue.Of(double.NaN);
        long divisor = Whole(y.Value);
        if (divisor == 0) return run.Fail($"{ErrorText.Of(a)} and {ErrorText.Of(b)} cannot be divided (remainder) because the divisor is zero");
        // The sign is that of the dividend; taken apart so that the smallest number does not overflow.
        long dividend = Whole(x.Value);
        ulong rest = (dividend < 0 ? (ulong)-(dividend + 1) + 1 : (ulong)dividend) % (divisor < 0 ? (ulong)-(divisor + 1) + 1 : (ulong)divisor);
        return JsonValue.Of(dividend < 0 ? -(double)rest : rest);
    }

    private static long Whole(double value) => value >= long.MaxValue ? long.MaxValue : value <= long.MinValue ? long.MinValue : (long)value;

    private static JsonValue Repeat(JqRun run, string text, double times)
    {
        if (!(times > 0)) return JsonValue.Null;
        double count = times < 1 ? 1 : Math.Truncate(times);
        if (text.Length * count > TextMax) throw new JqMemoryException();
        return HeldMemory.Watch(run, JsonValue.Of(new StringBuilder().Insert(0, text, (int)count).ToString()));
    }

    private static JsonObject Merge(JsonObject a, JsonObject b)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        JsonObject merged = a;
        for (int i = 0; i < b.Count; i++)
        {
            string key = b.Keys[i];
            JsonValue value = b.Values[i];
            merged = merged.With(key, value is JsonObject inner && merged.Find(key) is JsonObject old ? Merge(old, inner) : value);
        }

        return merged;
    }
}
