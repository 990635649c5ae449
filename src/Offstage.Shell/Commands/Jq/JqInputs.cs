using System.Text;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Jq;

/// <summary>The inputs of a program: values, events, lines or all at once, of all files one after the other.</summary>
internal sealed class JqInputs(CommandContext context, JqSettings settings, IReadOnlyList<string> files)
{
    private int nextFile;
    private InputFile? file;
    private JsonReader? reader;
    private JsonEvents? events;
    private bool slurped;
    private bool lastWasStandardInput;
    private long bytesRead;
    private long bytesBefore;
    private long rawLines;

    /// <summary>Whether a file could not be read.</summary>
    public bool HadError { get; private set; }

    /// <summary>Null for standard input, and before the first input.</summary>
    public string? CurrentName { get; private set; }

    public long LineNumber => settings.IsRaw ? rawLines : reader?.LinesFed ?? 0;

    /// <summary>As messages tell it: <c>file:3</c>.</summary>
    public string Position => file is null && !lastWasStandardInput ? "<unknown>" : $"{CurrentName ?? "<stdin>"}:{LineNumber}";

    /// <summary>Set by the run once it is made: what large inputs are counted for.</summary>
    public JqRun? Run { get; set; }

    /// <returns>Null when there are no more.</returns>
    /// <exception cref="JsonSyntaxException">An input is broken.</exception>
    public JsonValue? Next()
    {
        if (!settings.IsSlurped) return settings.IsRaw ? NextLine() : NextValue();
        if (slurped) return null;
        slurped = true;
        return settings.IsRaw ? AllText() : AllValues();
    }

    public void Close()
    {
        file?.Dispose();
        file = null;
    }

    private JsonArray AllValues()
    {
        JsonArray all = JsonArray.Empty;
        while (NextValue() is { } value) all = Run is null ? all.With(all.Count, value) : HeldMemory.Watch(Run, all.With(all.Count, value));
        return all;
    }

    private JsonString AllText()
    {
        var text = new StringBuilder();
        while (OpenNext())
        {
            byte[] bytes = file!.ReadToEnd();
            text.Append(Encoding.UTF8.GetString(bytes));
        }

        return JsonValue.Of(text.ToString());
    }

    private JsonString? NextLine()
    {
        while (file is not null || OpenNext())
        {
            if (file!.Reader.TryReadLine(out ReadOnlySpan<byte> line, out bool ended))
            {
                if (ended) rawLines++;
                return JsonValue.Of(Encoding.UTF8.GetString(line));
            }

            Note();
            Close();
        }

        return null;
    }

    private JsonValue? NextValue()
    {
        reader ??= new JsonReader(Feed, context.Check) { IsSequence = settings.IsSequence, Events = events = settings.IsStream ? new JsonEvents() : null };
        JsonValue? value;
        if (events is null)
        {
            value = reader.Read();
        }
        else
        {
            while (!events.TryTake(out value))
            {
                if (reader.Read() is null && !events.TryTake(out value)) return null;
                if (value is not null) break;
            }
        }

        if (value is not null && Run is not null) HeldMemory.WatchInput(Run, value, bytesRead - bytesBefore);
        bytesBefore = bytesRead;
        return value;
    }

    private bool Feed(out ReadOnlySpan<byte> block)
    {
        while (file is not null || OpenNext())
        {
            if (file!.Reader.TryReadBlock(out block))
            {
                bytesRead += block.Length;
                return true;
            }

            Note();
            Close();
        }

        block = default;
        return false;
    }

    private bool OpenNext()
    {
        Close();
        while (nextFile < Math.Max(1, files.Count))
        {
            string name = files.Count == 0 ? "-" : files[nextFile];
            nextFile++;
            file = InputFile.TryOpen(context, name, out FileError error);
            if (file is not null && !(file.Description.Status.IsDirectory && !file.IsStandardInput))
            {
                CurrentName = name == "-" ? null : Latin.ToUnicode(name);
                lastWasStandardInput = name == "-";
                return true;
            }

            if (file is not null)
            {
                Close();
                context.Complain($"error: Could not open file {name}: It's a directory");
            }
            else
            {
                context.Complain($"error: Could not open file {name}: {error.Message()}");
            }

            HadError = true;
        }

        return false;
    }

    private void Note()
    {
        if (file!.Error == FileError.None) return;
        context.Complain($"error: {file.Name}: {file.Error.Message()}");
        HadError = true;
    }
}
