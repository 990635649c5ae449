using System.Globalization;
using System.Text;
using Offstage.Shell.Execution;
using Offstage.Shell.Expansion;
using Offstage.Shell.Variables;

namespace Offstage.Shell.Builtins;

internal sealed class ReadBuiltin : IBuiltin
{
    private const int TimedOut = 142;

    public string Name => "read";

    public string Usage => "read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]";

    public int Run(BuiltinCall call)
    {
        if (call.Options("ersa:d:i:n:N:p:t:u:", out int next, out int status) is not { } options)
            return status;
        string? Value(char letter) => options.LastOrDefault(o => o.Letter == letter).Value;
        var reading = new LineReading { IsRaw = options.Exists(o => o.Letter == 'r') };
        if (Value('d') is { } delimiter)
            reading.Delimiter = delimiter.Length == 0 ? '\0' : delimiter[0];
        if (Value('n') is { } count && !TryCount(call, count, out reading.CountMax))
            return 1;
        if (Value('N') is { } exact)
        {
            if (!TryCount(call, exact, out reading.CountMax))
                return 1;
            reading.IsExact = true;
        }

        int descriptor = 0;
        if (Value('u') is { } chosen && !int.TryParse(chosen, out descriptor))
        {
            call.Complain($"{chosen}: invalid file descriptor specification");
            return 1;
        }

        TimeSpan? timeout = null;
        if (Value('t') is { } time)
        {
            if (!double.TryParse(time, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) || seconds < 0)
            {
                call.Complain($"{time}: invalid timeout specification");
                return 1;
            }

            timeout = TimeSpan.FromSeconds(Math.Min(seconds, 1e6));
        }

        ShellProcess process = call.Process;
        foreach (string name in call.Arguments.Skip(next))
        {
            if (!ShellProcess.IsName(name.Split('[')[0]))
            {
                call.Complain($"`{name}': not a valid identifier");
                return 1;
            }
        }

        if (process.Descriptors.Find(descriptor) is not { } source)
        {
            call.Complain(Value('u') is null ? $"read error: {descriptor}: Bad file descriptor" : $"{descriptor}: invalid file descriptor: Bad file descriptor");
            return 1;
        }

        if (timeout == TimeSpan.Zero)
            return source.WaitReadable(TimeSpan.Zero, process.Interruption) ? 0 : 1;
        ReadEnd end = reading.Read(process, source, timeout);
        if (end == ReadEnd.Failed)
        {
            call.Complain($"read error: {descriptor}: {reading.Error.Message()}");
            return 1;
        }

        Store(call, next, Value('a'), reading);
        return end switch
        {
            ReadEnd.Complete => 0,
            ReadEnd.TimedOut => TimedOut,
            _ => 1,
        };
    }

    /// <summary>Reads one line from standard input, as <c>select</c> does.</summary>
    public static int ReadLine(ShellProcess process, out string line)
    {
        var reading = new LineReading();
        line = "";
        if (process.Descriptors.Find(0) is not { } source)
            return 1;
        ReadEnd end = reading.Read(process, source, null);
        line = MarkedText.Unmark(reading.Text.ToString());
        return end == ReadEnd.Complete ? 0 : 1;
    }

    private static bool TryCount(BuiltinCall call, string text, out int? count)
    {
        count = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
        if (count is null)
            call.Complain($"{text}: invalid number");
        return count is not null;
    }

    private static void Store(BuiltinCall call, int next, string? array, LineReading reading)
    {
        ShellProcess process = call.Process;
        string text = reading.Text.ToString();
        FieldSeparators separators = process.Separators;
        if (array is not null)
        {
            var fields = new List<string>();
            int at = 0;
            while (TakeField(text, ref at, separators, last: false) is { } field)
                fields.Add(field);
            Variable variable = process.Variables.Writable(array);
            variable.Clear();
            variable.SetIndexed(new IndexedArray(fields));
            process.Variables.Changed(array, variable);
            return;
        }

        if (next == call.Arguments.Count)
        {
            process.Variables.Assign("REPLY", MarkedText.Unmark(text));
            return;
        }

        int from = 0;
        for (int i = next; i < call.Arguments.Count; i++)
        {
            bool last = i == call.Arguments.Count - 1;
            string value = reading.IsExact
                ? i == next ? MarkedText.Unmark(text) : ""
                : TakeField(text, ref from, separators, last) ?? "";
            process.AssignTarget(call.Arguments[i], value);
        }
    }

    /// <summary>The next field; the last name takes all that is left. Escaped characters are marked and separate nothing.</summary>
    private static string? TakeField(string text, ref int at, FieldSeparators separators, bool last)
    {
        while (at < text.Length && separators.IsBlank(text[at]))
            at++;
        if (at >= text.Length)
            return null;
        int start = at;
        if (last)
            return TakeRest(text, ref at, separators);
        while (at < text.Length && !separators.Contains(text[at]))
            at++;
        string field = MarkedText.Unmark(text[start..at]);
        SkipDelimiter(text, ref at, separators);
        return field;
    }

    private static void SkipDelimiter(string text, ref int at, FieldSeparators separators)
    {
        while (at < text.Length && separators.IsBlank(text[at]))
            at++;
        if (at < text.Length && separators.Contains(text[at]))
        {
            at++;
            while (at < text.Length && separators.IsBlank(text[at]))
                at++;
        }
    }

    private static string TakeRest(string text, ref int at, FieldSeparators separators)
    {
        int start = at;
        int end = text.Length;
        while (end > start && separators.IsBlank(text[end - 1]))
            end--;
        at = text.Length;
        // One field with its delimiter behind it loses the delimiter too.
        int stop = start;
        while (stop < end && !separators.Contains(text[stop]))
            stop++;
        int rest = stop;
        SkipDelimiter(text, ref rest, separators);
        if (stop < end && rest >= end)
            end = stop;
        return MarkedText.Unmark(text[start..end]);
    }
}

internal enum ReadEnd
{
    Complete,
    EndOfFile,
    TimedOut,
    Failed,
}

/// <summary>Reads one line without taking what is behind it.</summary>
internal sealed class LineReading
{
    public int? CountMax;

    public bool IsRaw { get; init; }

    /// <summary>Whether the count is of all characters, whatever they are.</summary>
    public bool IsExact { get; set; }

    public char Delimiter { get; set; } = '\n';

    /// <summary>What was read; characters behind a backslash are marked.</summary>
    public StringBuilder Text { get; } = new();

    public FileError Error { get; private set; }

    public ReadEnd Read(ShellProcess process, FileDescription source, TimeSpan? timeout)
    {
        long deadline = System.Diagnostics.Stopwatch.GetTimestamp();
        byte[] buffer = new byte[CountMax is null ? 256 : 1];
        bool escaped = false;
        int taken = 0;
        if (CountMax == 0)
            return ReadEnd.Complete;
        while (true)
        {
            if (timeout is { } limit)
            {
                TimeSpan left = limit - System.Diagnostics.Stopwatch.GetElapsedTime(deadline);
                if (left <= TimeSpan.Zero || !source.WaitReadable(left, process.Interruption))
                    return ReadEnd.TimedOut;
            }

            Error = IsExact ? source.Read(buffer, process.Interruption, out int count) : source.ReadThrough((byte)Delimiter, buffer, process.Interruption, out count);
            if (Error != FileError.None)
                return ReadEnd.Failed;
            if (count == 0)
                return ReadEnd.EndOfFile;
            process.Interruption.Check();
            for (int i = 0; i < count; i++)
            {
                char c = (char)buffer[i];
                if (escaped)
                {
                    escaped = false;
                    if (c == '\n')
                        continue;
                    Text.Append((char)(c | MarkedText.Mark));
                    taken++;
                }
                else if (c == '\\' && !IsRaw)
                {
                    escaped = true;
                    continue;
                }
                else if (c == Delimiter && !IsExact)
                {
                    return ReadEnd.Complete;
                }
                else if (c != '\0')
                {
                    Text.Append(c);
                    taken++;
                }

                if (taken == CountMax && (!process.IsUtf8 || IsWholeCharacter()))
                    return ReadEnd.Complete;
            }
        }
    }

    /// <summary>In UTF-8 the count is of characters: bytes that continue one do not count.</summary>
    private bool IsWholeCharacter()
    {
        string text = MarkedText.Unmark(Text.ToString());
        int length = Utf8Text.Length(text);
        return text[^1] < 0x80 || (length == CountMax && !Utf8Text.Decode(text).Any(c => c is >= '\uDC80' and <= '\uDCFF'));
    }
}
