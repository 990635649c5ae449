using System.Globalization;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Awk;

internal enum AwkKind : byte
{
    Unset,
    Number,
    Text,

    /// <summary>Text from outside, which is a number too when it looks like one.</summary>
    Input,
    Array,
}

/// <summary>A value: a number, a text, or text from outside that may be both.</summary>
internal readonly struct AwkValue
{
    /// <summary>A text shorter than this is copied when something is appended.</summary>
    private const int ShortMax = 256;

    /// <summary>A string, an array, or an <see cref="AwkGrowingText"/>.</summary>
    private readonly object? content;

    /// <summary>The number, or the length within a growing text.</summary>
    private readonly double number;

    private AwkValue(AwkKind kind, double number, object? content) => (Kind, this.number, this.content) = (kind, number, content);

    public AwkKind Kind { get; }

    public AwkArray? Array => content as AwkArray;

    public static AwkValue Of(double value) => new(AwkKind.Number, value, null);

    public static AwkValue Of(bool value) => new(AwkKind.Number, value ? 1 : 0, null);

    public static AwkValue Of(string value) => new(AwkKind.Text, 0, value);

    public static AwkValue Of(AwkArray value) => new(AwkKind.Array, 0, value);

    /// <summary>This value's text with more behind it; where it is long, in time that depends on the addition only.</summary>
    public AwkValue Append(string tail, string numberFormat)
    {
        if (content is AwkGrowingText known && known.TryAppend((int)number, tail)) return new(AwkKind.Text, number + tail.Length, known);
        string head = Text(numberFormat);
        if (head.Length < ShortMax) return Of(string.Concat(head, tail));
        var growing = new AwkGrowingText(head);
        growing.TryAppend(head.Length, tail);
        return new(AwkKind.Text, head.Length + tail.Length, growing);
    }

    public static AwkValue Input(string value) => new(AwkKind.Input, 0, value);

    /// <summary>Of a value that is a text.</summary>
    public int TextLength => content is string text ? text.Length : (int)number;

    private string Content => content as string ?? ((AwkGrowingText)content!).Text((int)number);

    public double Number => Kind switch
    {
        AwkKind.Number => number,
        AwkKind.Unset or AwkKind.Array => 0,
        _ => CNumber.Prefix(Content, out _),
    };

    public string Text(string numberFormat) => Kind switch
    {
        AwkKind.Unset => "",
        AwkKind.Number => Format(number, numberFormat),
        AwkKind.Array => throw new AwkException("attempt to use array in a scalar context"),
        _ => Content,
    };

    public bool Truth => Kind switch
    {
        AwkKind.Number => number != 0,
        AwkKind.Text => Content.Length > 0,
        AwkKind.Input => LooksNumeric(out double value) ? value != 0 : Content.Length > 0,
        _ => false,
    };

    /// <summary>Whether it takes part in comparisons as a number.</summary>
    public bool LooksNumeric(out double value)
    {
        value = number;
        if (Kind is AwkKind.Number or AwkKind.Unset) return true;
        if (Kind != AwkKind.Input) return false;
        string text = Content;
        value = CNumber.Prefix(text, out int length);
        if (length == 0) return false;
        while (length < text.Length && text[length] is ' ' or (>= '\t' and <= '\r')) length++;
        return length == text.Length;
    }

    public static int Compare(in AwkValue a, in AwkValue b, string numberFormat)
    {
        if (a.LooksNumeric(out double x) && b.LooksNumeric(out double y)) return x < y ? -1 : x == y ? 0 : double.IsNaN(x) ? (double.IsNaN(y) ? 0 : 1) : double.IsNaN(y) ? -1 : 1;
        return string.CompareOrdinal(a.Text(numberFormat), b.Text(numberFormat));
    }

    public static string Format(double value, string numberFormat)
    {
        if (value == Math.Truncate(value))
        {
            if (Math.Abs(value) < 1e15) return ((long)value).ToString(CultureInfo.InvariantCulture);
            if (double.IsFinite(value)) return value.ToString("F0", CultureInfo.InvariantCulture);
        }

        if (double.IsNaN(value)) return double.IsNegative(value) ? "-nan" : "+nan";
        if (double.IsInfinity(value)) return value < 0 ? "-inf" : "+inf";
        return numberFormat == "%.6g" ? CFormat.General(value, 6, alternate: false) : AwkFormat.Format(numberFormat, [Of(value)], numberFormat, utf8: false);
    }
}

/// <summary>An associative array. It iterates in the order of insertion.</summary>
internal sealed class AwkArray
{
    public Dictionary<string, AwkValue> Items { get; private set; } = new(StringComparer.Ordinal);

    public void Replace(Dictionary<string, AwkValue> items) => Items = items;
}

/// <summary>A variable. An unset one that is handed to a function becomes an array here when it does there.</summary>
internal sealed class AwkCell
{
    public AwkValue Value;

    public AwkArray? Array;

    public AwkCell? Origin;

    public AwkArray RequireArray(string name)
    {
        if (Array is not null) return Array;
        if (Value.Kind == AwkKind.Array) return Array = Value.Array!;
        if (Value.Kind != AwkKind.Unset) throw new AwkException($"attempt to use scalar `{name}' as an array");
        return Array = Origin is null ? new AwkArray() : Origin.RequireArray(name);
    }
}

/// <summary>Ends the program with a message <c>awk: … fatal: …</c> and status 2.</summary>
internal sealed class AwkException(string message) : Exception(message);

/// <summary>A program that is none.</summary>
internal sealed class AwkSyntaxException(string message, int line, int position = -1) : Exception(message)
{
    /// <summary>The place in the source that the message points at; -1 when it tells only a line.</summary>
    public int Position => position;

    public int Line => line;
}
