using System.Text;
using Offstage.Shell.Commands.Text;
using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Awk;

/// <summary>The current record. It is taken apart only when a field is asked for, and put together only when it is.</summary>
internal sealed class AwkRecord(AwkRuntime runtime, Budget budget)
{
    public const int FieldsMax = 10_000_000;

    private readonly ByteText bytes = new(budget);
    private (int Start, int Length)[] spans = new (int, int)[16];
    private string?[] texts = new string?[16];
    private string? whole;
    private int count;
    private bool isSplit = true;
    private bool isStale;

    /// <summary>The record as bytes.</summary>
    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            Rebuild();
            return bytes.Span;
        }
    }

    public int FieldCount
    {
        get
        {
            Split();
            return count;
        }
    }

    public void Set(ReadOnlySpan<byte> record)
    {
        bytes.Set(record);
        Begin();
    }

    public AwkValue Field(int index) => index == 0 || index <= FieldCount ? AwkValue.Input(FieldText(index)) : default;

    public string FieldText(int index)
    {
        if (index == 0)
        {
            Rebuild();
            return whole ??= bytes.ToString();
        }

        Split();
        if (index > count) return "";
        return texts[index - 1] ??= Latin.Text(bytes.Span.Slice(spans[index - 1].Start, spans[index - 1].Length));
    }

    public double FieldNumber(int index)
    {
        if (index == 0) return CNumber.Prefix(Bytes, out _);
        Split();
        if (index > count) return 0;
        if (texts[index - 1] is { } text) return CNumber.Prefix(text, out _);
        return CNumber.Prefix(bytes.Span.Slice(spans[index - 1].Start, spans[index - 1].Length), out _);
    }

    public void SetField(int index, string text, AwkValue value)
    {
        _ = value;
        if (index == 0)
        {
            bytes.Clear();
            bytes.Append(text);
            Begin();
            whole = text;
            return;
        }

        Split();
        KeepTexts();
        if (index > count) Extend(index);
        texts[index - 1] = text;
        isStale = true;
        whole = null;
    }

    public void SetFieldCount(int wanted)
    {
        if (wanted is < 0 or > FieldsMax) throw new AwkException("NF set to negative value");
        Split();
        KeepTexts();
        if (wanted > count) Extend(wanted);
        count = wanted;
        isStale = true;
        whole = null;
    }

    private void Begin()
    {
        whole = null;
        isSplit = false;
        isStale = false;
    }

    private void Extend(int wanted)
    {
        Reserve(wanted);
        for (int i = count; i < wanted; i++) texts[i] = "";
        count = wanted;
    }

    private void Reserve(int wanted)
    {
        if (wanted <= spans.Length) return;
        int size = Math.Max(wanted, spans.Length * 2);
        budget.Hold((size - spans.Length) * 24L);
        Array.Resize(ref spans, size);
        Array.Resize(ref texts, size);
    }

    /// <summary>Makes the fields independent of the record's bytes, which are about to be written anew.</summary>
    private void KeepTexts()
    {
        for (int i = 0; i < count; i++) texts[i] ??= Latin.Text(bytes.Span.Slice(spans[i].Start, spans[i].Length));
    }

    private void Rebuild()
    {
        if (!isStale) return;
        isStale = false;
        bytes.Clear();
        for (int i = 0; i < count; i++)
        {
            if (i > 0) bytes.Append(runtime.OutputFieldSeparator);
            bytes.Append(texts[i] ?? "");
        }

        whole = null;
    }

    private void Split()
    {
        if (isSplit) return;
        isSplit = true;
        count = 0;
        runtime.Splitter.Split(bytes.Span, this);
        texts.AsSpan(0, count).Clear();
    }

    public void AddField(int start, int length)
    {
        if (count == spans.Length) Reserve(count + 1);
        spans[count++] = (start, length);
    }
}

/// <summary>How records are taken apart: by FS, FIELDWIDTHS or FPAT, whichever was set last.</summary>
internal abstract class AwkSplitter
{
    public abstract void Split(ReadOnlySpan<byte> record, AwkRecord target);

    /// <summary>By blanks and newlines, which do not count at the ends.</summary>
    public sealed class Blanks : AwkSplitter
    {
        public override void Split(ReadOnlySpan<byte> record, AwkRecord target)
        {
            int i = 0;
            while (true)
            {
                while (i < record.Length && record[i] is (byte)' ' or (byte)'\t' or (byte)'\n') i++;
                if (i >= record.Length) return;
                int start = i;
                while (i < record.Length && record[i] is not ((byte)' ' or (byte)'\t' or (byte)'\n')) i++;
                target.AddField(start, i - start);
            }
        }
    }

    /// <param name="alsoNewline">In paragraph mode a newline separates fields whatever FS is.</param>
    public sealed class Character(byte separator, bool alsoNewline) : AwkSplitter
    {
        public override void Split(ReadOnlySpan<byte> record, AwkRecord target)
        {
            if (record.IsEmpty) return;
            int start = 0;
            while (true)
            {
                int length = alsoNewline ? record[start..].IndexOfAny(separator, (byte)'\n') : record[start..].IndexOf(separator);
                if (length < 0) break;
                target.AddField(start, length);
                start += length + 1;
            }

            target.AddField(start, record.Length - start);
        }
    }

    public sealed class Characters(bool utf8) : AwkSplitter
    {
        public override void Split(ReadOnlySpan<byte> record, AwkRecord target)
        {
            for (int i = 0; i < record.Length;)
            {
                int length = 1;
                if (utf8 && record[i] >= 0x80) Rune.DecodeFromUtf8(record[i..], out _, out length);
                target.AddField(i, length);
                i += length;
            }
        }
    }

    public sealed class Separator(PosixRegex regex, CancellationToken cancellationToken) : AwkSplitter
    {
        public override void Split(ReadOnlySpan<byte> record, AwkRecord target)
        {
            if (record.IsEmpty) return;
            Span<Group> groups = stackalloc Group[1];
            int start = 0, at = 0;
            while (at <= record.Length && regex.Match(record, at, groups, cancellationToken))
            {
                if (groups[0].Length == 0)
                {
                    at = groups[0].End + 1;
                    continue;
                }

                target.AddField(start, groups[0].Start - start);
                start = at = groups[0].End;
            }

            target.AddField(start, record.Length - start);
        }
    }

    /// <summary>By what fields look like.</summary>
    public sealed class Pattern(PosixRegex regex, CancellationToken cancellationToken) : AwkSplitter
    {
        public override void Split(ReadOnlySpan<byte> record, AwkRecord target)
        {
            Span<Group> groups = stackalloc Group[1];
            int at = 0, previousEnd = -1;
            while (at <= record.Length && regex.Match(record, at, groups, cancellationToken))
            {
                var match = groups[0];
                bool behind = match.Length == 0 && match.Start == previousEnd;
                if (!behind && (match.Length > 0 || match.Start < record.Length || previousEnd < match.Start)) target.AddField(match.Start, match.Length);
                previousEnd = match.End;
                at = match.Length == 0 ? match.End + 1 : match.End;
            }
        }
    }

    /// <param name="parts">Bytes to skip and to take; -1 takes the rest.</param>
    public sealed class Widths((int Skip, int Width)[] parts) : AwkSplitter
    {
        public override void Split(ReadOnlySpan<byte> record, AwkRecord target)
        {
            int at = 0;
            foreach (var (skip, width) in parts)
            {
                at += skip;
                if (at >= record.Length) return;
                int length = width < 0 ? record.Length - at : Math.Min(width, record.Length - at);
                target.AddField(at, length);
                at += length;
            }
        }
    }
}
