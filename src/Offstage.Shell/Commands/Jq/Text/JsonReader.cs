using System.Buffers;
using System.Text;

namespace Offstage.Shell.Commands.Jq;

/// <summary>Where a reader's bytes come from.</summary>
/// <returns>False at the end; then the span is empty.</returns>
internal delegate bool ByteSource(out ReadOnlySpan<byte> block);

/// <summary>Reads JSON texts that follow each other, as they arrive, with jq's own tolerance and messages.</summary>
internal sealed class JsonReader(ByteSource source, Action check)
{
    private const int DepthMax = 10_000;
    private static readonly SearchValues<byte> ordinary = SearchValues.Create([.. Enumerable.Range(32, 224).Where(b => b is not ('"' or '\\')).Select(b => (byte)b)]);
    private static readonly SearchValues<byte> tokenEnds = SearchValues.Create("[{:,]}\" \t\r\n"u8);

    private readonly List<JsonLevel> open = [];
    private readonly Stack<JsonLevel> closed = new();
    private readonly StringPool names = new();
    private byte[] buffer = [];
    private int at;
    private int end;
    private bool ended;
    private bool atStart = true;
    private JsonValue? next;
    private long line = 1;
    private long column;
    private int values;

    /// <summary>Line ends up to the end of the line that is being read.</summary>
    public long LinesFed => at > 0 && at <= end && buffer[at - 1] == '\n' ? line - 1 : line - 1 + (buffer.AsSpan(at, end - at).Contains((byte)'\n') ? 1 : 0);

    /// <summary>With <c>--seq</c>: records begin with a separator byte.</summary>
    public bool IsSequence { get; init; }

    /// <summary>With <c>--stream</c>: told each leaf and each end of a container; null otherwise.</summary>
    public JsonEvents? Events { get; init; }

    /// <returns>Null at the end.</returns>
    /// <exception cref="JsonSyntaxException">The text is broken; reading cannot go on.</exception>
    public JsonValue? Read()
    {
        while (true)
        {
            if (at == end && !Fill()) return Finish();
            byte b = buffer[at];
            switch (b)
            {
                case (byte)' ' or (byte)'\t' or (byte)'\r':
                    Take(1);
                    continue;
                case (byte)'\n':
                    at++;
                    line++;
                    column = 0;
                    // A number at the top is complete only at a blank, and so is handed over here at the latest.
                    if (open.Count == 0 && next is not null) return TakeValue();
                    continue;
                case 0x1E when IsSequence:
                    Take(1);
                    continue;
                case (byte)'"':
                    Take(1);
                    string text = ReadString();
                    Value(open.Count > 0 && open[^1].IsObject && open[^1].Key is null ? null : JsonValue.Of(text), text);
                    break;
                case (byte)'[' or (byte)'{':
                    Take(1);
                    Open(b == '{');
                    break;
                case (byte)']' or (byte)'}':
                    Take(1);
                    Close(b == '}');
                    break;
                case (byte)',':
                    Take(1);
                    Comma();
                    break;
                case (byte)':':
                    Take(1);
                    Colon();
                    break;
                default:
                    ReadWord();
                    break;
            }

            if (open.Count == 0 && next is not null) return TakeValue();
        }
    }

    private JsonValue TakeValue()
    {
        JsonValue taken = next!;
        next = null;
        if ((++values & 255) == 0) check();
        return taken;
    }

    private void Take(int count)
    {
        at += count;
        column += count;
    }

    private JsonValue? Finish()
    {
        if (open.Count > 0) throw AtEnd("Unfinished JSON term");
        return next is null ? null : TakeValue();
    }

    private JsonSyntaxException AtEnd(string what) => new($"{what} at EOF at line {line}, column {column}");

    private JsonSyntaxException Here(string what) => new($"{what} at line {line}, column {column}");

    private void Value(JsonValue? value, string? text)
    {
        if (open.Count == 0)
        {
            if (next is not null) throw Here("Expected separator between values");
            next = value;
            Events?.Leaf(value!);
            return;
        }

        JsonLevel level = open[^1];
        if (level.HasPending) throw Here("Expected separator between values");
        level.HasPending = true;
        level.Pending = value;
        level.PendingText = text;
    }

    private void Open(bool isObject)
    {
        if (open.Count >= DepthMax) throw Here("Exceeds depth limit for parsing");
        if (open.Count > 0 && open[^1].HasPending) throw Here("Expected separator between values");
        if (open.Count > 0 && open[^1] is { IsObject: true, Key: null }) throw Here("Object keys must be strings");
        if (open.Count > 0 && !open[^1].IsObject) Events?.Index(open[^1].Count);
        JsonLevel level = closed.TryPop(out JsonLevel? used) ? used : new JsonLevel();
        level.Begin(isObject);
        open.Add(level);
        Events?.Open();
    }

    private void Colon()
    {
        if (open.Count == 0) throw Here(next is null ? "Expected string key before ':'" : "':' not as part of an object");
        JsonLevel level = open[^1];
        if (!level.IsObject) throw Here(level.HasPending ? "':' not as part of an object" : "Expected string key before ':'");
        if (!level.HasPending) throw Here("Expected string key before ':'");
        if (level.Key is not null) throw Here("':' should follow a key");
        if (level.PendingText is null) throw Here("Object keys must be strings");
        level.Key = level.PendingText;
        Events?.Key(level.Key);
        level.HasPending = false;
    }

    private void Comma()
    {
        if (open.Count == 0) throw Here(next is null ? "Expected value before ','" : "',' not as part of an object or array");
        JsonLevel level = open[^1];
        if (!level.HasPending) throw Here("Expected value before ','");
        if (level.IsObject && level.Key is null) throw Here("Objects must consist of key:value pairs");
        Add(level);
        level.AfterComma = true;
    }

    private void Close(bool isObject)
    {
        if (open.Count == 0 || open[^1].IsObject != isObject) throw Here($"Unmatched '{(isObject ? '}' : ']')}'");
        JsonLevel level = open[^1];
        if (level.HasPending)
        {
            if (isObject && level.Key is null) throw Here("Objects must consist of key:value pairs");
            Add(level);
        }
        else if (level.Key is not null)
        {
            throw Here("Objects must consist of key:value pairs");
        }
        else if (level.AfterComma)
        {
            throw Here(isObject ? "Expected another key-value pair" : "Expected another array element");
        }

        open.RemoveAt(open.Count - 1);
        // The events have told of what is in it; then only that there was something counts.
        JsonValue value = Events is null || level.Count == 0 ? level.ToValue() : JsonValue.Null;
        Events?.Close(level.Count == 0 ? value : null);
        if (Events is not null) value = JsonValue.Null;
        closed.Push(level);
        if (open.Count == 0) next = value;
        else
        {
            open[^1].HasPending = true;
            open[^1].Pending = value;
            open[^1].PendingText = null;
            open[^1].PendingIsContainer = true;
        }
    }

    private void Add(JsonLevel level)
    {
        JsonValue value = level.Pending ?? JsonValue.Of(level.PendingText!);
        if (Events is not null)
        {
            if (!level.IsObject) Events.Index(level.Count);
            if (!level.PendingIsContainer) Events.Leaf(value);
            level.Count++;
        }
        else if (level.IsObject)
        {
            level.Set(level.Key!, value);
        }
        else
        {
            level.Append(value);
        }

        level.AfterComma = false;
        level.Settle();
        if ((++values & 1023) == 0) check();
    }

    private bool Fill()
    {
        if (ended) return false;
        if (!source(out ReadOnlySpan<byte> block))
        {
            ended = true;
            return false;
        }

        if (at > 0)
        {
            buffer.AsSpan(at, end - at).CopyTo(buffer);
            end -= at;
            at = 0;
        }

        if (end + block.Length > buffer.Length) Array.Resize(ref buffer, Math.Max(end + block.Length, Math.Min(buffer.Length * 2, 1 << 24)));
        block.CopyTo(buffer.AsSpan(end));
        end += block.Length;
        if (atStart && end >= 3)
        {
            atStart = false;
            if (buffer.AsSpan(0, 3).SequenceEqual("\uFEFF"u8)) at = 3;
        }

        return true;
    }

    private string ReadString()
    {
        int from = at;
        bool escaped = false;
        while (true)
        {
            int length = buffer.AsSpan(from, end - from).IndexOfAnyExcept(ordinary);
            if (length < 0)
            {
                int read = end - at;
                if (!Fill())
                {
                    column += end - at;
                    throw AtEnd("Unfinished string");
                }

                from = at + read;
                continue;
            }

            int stop = from + length;
            if (buffer[stop] == '"')
            {
                ReadOnlySpan<byte> body = buffer.AsSpan(at, stop - at);
                column += body.Length + 1;
                at = stop + 1;
                return escaped ? Unescape(body) : names.Text(body);
            }

            if (buffer[stop] != '\\')
            {
                // Messages count to the end of the string, where jq looks at it.
                SkipToQuote(stop);
                throw Here("Invalid string: control characters from U+0000 through U+001F must be escaped");
            }

            escaped = true;
            while (stop + 2 > end)
            {
                int kept = stop - at;
                if (!Fill())
                {
                    column += end - at;
                    throw AtEnd("Unfinished string");
                }

                stop = at + kept;
            }

            from = stop + 2;
        }
    }

    private void SkipToQuote(int from)
    {
        int quote = buffer.AsSpan(from, end - from).IndexOf((byte)'"');
        int stop = quote < 0 ? end : from + quote + 1;
        int newlines = buffer.AsSpan(at, stop - at).Count((byte)'\n');
        line += newlines;
        column = newlines == 0 ? column + stop - at : stop - at - 1 - buffer.AsSpan(at, stop - at).LastIndexOf((byte)'\n');
        at = stop;
    }

    private string Unescape(ReadOnlySpan<byte> body)
    {
        var text = new StringBuilder(body.Length);
        while (!body.IsEmpty)
        {
            int slash = body.IndexOf((byte)'\\');
            if (slash < 0)
            {
                text.Append(Encoding.UTF8.GetString(body));
                break;
            }

            text.Append(Encoding.UTF8.GetString(body[..slash]));
            byte kind = body[slash + 1];
            body = body[(slash + 2)..];
            if (kind == 'u')
            {
                int unit = Hex(ref body);
                if (char.IsHighSurrogate((char)unit))
                {
                    if (body.Length < 6 || body[0] != '\\' || body[1] != 'u') throw Here("Invalid \\uXXXX\\uXXXX surrogate pair escape");
                    body = body[2..];
                    int low = Hex(ref body);
                    if (!char.IsLowSurrogate((char)low)) throw Here("Invalid \\uXXXX\\uXXXX surrogate pair escape");
                    text.Append((char)unit).Append((char)low);
                }
                else
                {
                    text.Append(char.IsLowSurrogate((char)unit) ? '\uFFFD' : (char)unit);
                }

                continue;
            }

            text.Append(kind switch
            {
                (byte)'"' or (byte)'\\' or (byte)'/' => (char)kind,
                (byte)'b' => '\b',
                (byte)'f' => '\f',
                (byte)'n' => '\n',
                (byte)'r' => '\r',
                (byte)'t' => '\t',
                _ => throw Here("Invalid escape"),
            });
        }

        return text.ToString();
    }

    private int Hex(ref ReadOnlySpan<byte> body)
    {
        if (body.Length < 4 || !int.TryParse(body[..4], System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out int unit)) throw Here("Invalid escape");
        body = body[4..];
        return unit;
    }

    private void ReadWord()
    {
        int length;
        while ((length = buffer.AsSpan(at, end - at).IndexOfAny(tokenEnds)) < 0 && Fill())
        {
        }

        bool isLast = length < 0;
        if (isLast) length = end - at;
        ReadOnlySpan<byte> word = buffer.AsSpan(at, length);
        if (IsSequence && word.IndexOf((byte)0x1E) is > 0 and var mark) word = word[..mark];
        JsonValue? value = Word(word, out string? problem);
        Take(word.Length);
        if (value is null)
        {
            // What ends the word has been read when it is looked at.
            if (!isLast && at < end && buffer[at] != '\n') column++;
            else if (!isLast)
            {
                line++;
                column = 0;
            }

            throw isLast ? AtEnd(problem!) : Here(problem!);
        }

        Value(value, null);
    }

    private static JsonValue? Word(ReadOnlySpan<byte> word, out string? problem)
    {
        problem = "Invalid literal";
        switch (word[0])
        {
            case (byte)'t':
                return word.SequenceEqual("true"u8) ? JsonValue.True : null;
            case (byte)'f':
                return word.SequenceEqual("false"u8) ? JsonValue.False : null;
            case (byte)'n' when word.SequenceEqual("null"u8):
                return JsonValue.Null;
            case (byte)'n' when word.Length != 3 && "null"u8.StartsWith(word[..Math.Min(2, word.Length)]):
                return null;
        }

        problem = word[0] == 'n' ? "Invalid literal" : "Invalid numeric literal";
        if (word.Length > 10_000) return null;
        Span<char> text = stackalloc char[word.Length];
        Encoding.Latin1.GetChars(word, text);
        if (NumberText.Parse(text) is { } number) return number;
        bool negative = text[0] == '-';
        ReadOnlySpan<char> name = text[(negative || text[0] == '+' ? 1 : 0)..];
        if (name.Equals("nan", StringComparison.OrdinalIgnoreCase)) return JsonValue.Of(double.NaN);
        if (name.Equals("infinity", StringComparison.OrdinalIgnoreCase)) return JsonValue.Of(negative ? double.NegativeInfinity : double.PositiveInfinity);
        return null;
    }
}
