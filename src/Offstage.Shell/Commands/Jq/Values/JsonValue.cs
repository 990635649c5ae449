namespace Offstage.Shell.Commands.Jq;

/// <summary>A JSON value as jq has them. Immutable to whoever holds it.</summary>
internal abstract class JsonValue
{
    private protected JsonValue() { }

    public static JsonValue Null { get; } = new Constant(JsonKind.Null, "null");

    public static JsonValue False { get; } = new Constant(JsonKind.False, "false");

    public static JsonValue True { get; } = new Constant(JsonKind.True, "true");

    public abstract JsonKind Kind { get; }

    /// <summary>Everything but null and false.</summary>
    public bool IsTrue => Kind > JsonKind.False;

    public bool IsNull => Kind == JsonKind.Null;

    /// <summary>As the filter <c>type</c> names it.</summary>
    public string TypeName => Kind switch
    {
        JsonKind.Null => "null",
        JsonKind.False or JsonKind.True => "boolean",
        JsonKind.Number => "number",
        JsonKind.String => "string",
        JsonKind.Array => "array",
        _ => "object",
    };

    public static JsonValue Of(bool value) => value ? True : False;

    public static JsonNumber Of(double value) => JsonNumber.Of(value);

    public static JsonString Of(string value) => new(value);

    private sealed class Constant(JsonKind kind, string text) : JsonValue
    {
        public override JsonKind Kind => kind;

        public override string ToString() => text;
    }
}

/// <summary>In the order in which jq sorts values of different kinds.</summary>
internal enum JsonKind
{
    Null,
    False,
    True,
    Number,
    String,
    Array,
    Object,
}

/// <summary>Text in .NET's own form. Half surrogates do not occur.</summary>
internal sealed class JsonString(string value) : JsonValue
{
    public static JsonString Empty { get; } = new("");

    public override JsonKind Kind => JsonKind.String;

    public string Value => value;

    public override string ToString() => value;
}

/// <summary>A double; with the digits it was written with where a double cannot hold them.</summary>
internal sealed class JsonNumber : JsonValue
{
    private static readonly JsonNumber[] small = [.. Enumerable.Range(-1, 1026).Select(i => new JsonNumber(i, null))];

    private JsonNumber(double value, string? literal) => (Value, Literal) = (value, literal);

    public override JsonKind Kind => JsonKind.Number;

    public double Value { get; }

    /// <summary>The canonical digits of a literal that a double does not keep; null for every other number.</summary>
    public string? Literal { get; }

    public static new JsonNumber Of(double value)
    {
        int whole = (int)value;
        if (whole == value && (uint)(whole + 1) < (uint)small.Length && (whole != 0 || !double.IsNegative(value))) return small[whole + 1];
        return new(value, null);
    }

    public static JsonNumber OfLiteral(double value, string literal) => new(value, literal);

    public override string ToString() => NumberText.Format(this);
}
