using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Sort;

/// <summary>The lines of all files in one piece. Each line ends in the terminator, the last one too.</summary>
internal sealed class SortText
{
    private const int ReadMax = 1 << 20;
    private const int CopyMax = 1 << 20;

    private readonly Budget budget;
    private byte[] content = [];
    private int[] starts = [];
    private int length;
    private long held;

    private SortText(Budget budget) => this.budget = budget;

    /// <summary>How many lines there are.</summary>
    public int Count { get; private set; }

    public byte[] Content => content;

    public static SortText Read(CommandContext context, IReadOnlyList<string> names, byte terminator)
    {
        var text = new SortText(context.Budget);
        foreach (string name in names.Count == 0 ? ["-"] : names)
        {
            using var file = InputFile.TryOpen(context, name, out var error);
            if (file is null) throw new CommandFailedException($"cannot read: {name}: {error.Message()}", 2);
            error = text.Add(file.Description, context.Interruption);
            if (error != FileError.None) throw new CommandFailedException($"read failed: {name}: {error.Message()}", 2);
            if (text.length > 0 && text.content[text.length - 1] != terminator) text.content[text.length++] = terminator;
        }

        text.FindLines(terminator, context);
        return text;
    }

    public int Start(int line) => starts[line];

    /// <summary>Where the line ends, its terminator left out.</summary>
    public int End(int line) => starts[line + 1] - 1;

    public ReadOnlySpan<byte> Line(int line) => content.AsSpan(starts[line], starts[line + 1] - starts[line] - 1);

    public ReadOnlySpan<byte> TerminatedLine(int line) => content.AsSpan(starts[line], starts[line + 1] - starts[line]);

    /// <summary>Counts what sorting holds beside the text, until <see cref="Release"/>.</summary>
    public void Hold(long bytes)
    {
        budget.Hold(bytes);
        held += bytes;
    }

    public void Release()
    {
        budget.Release(held);
        held = 0;
    }

    /// <summary>Reads a file to its end and leaves room for a terminator.</summary>
    private FileError Add(FileDescription file, Interruption interruption)
    {
        if (file.Status is { Kind: FileKind.Regular, Size: var size }) Reserve(size + 2);
        while (true)
        {
            interruption.Check();
            if (content.Length - length < 2) Reserve(Math.Max(64 * 1024, length));
            var error = file.Read(content.AsSpan(length, Math.Min(ReadMax, content.Length - length - 1)), interruption, out int count);
            length += count;
            if (error != FileError.None || count == 0) return error;
        }
    }

    private void Reserve(long more)
    {
        long wanted = length + more;
        if (wanted <= content.Length) return;
        if (wanted > Array.MaxLength) throw new CommandFailedException("memory exhausted", 2);
        Hold(wanted - content.Length);
        byte[] larger = GC.AllocateUninitializedArray<byte>((int)wanted);
        // In pieces, for a run that is cancelled.
        for (int at = 0; at < length; at += CopyMax)
        {
            budget.Check();
            content.AsSpan(at, Math.Min(CopyMax, length - at)).CopyTo(larger.AsSpan(at));
        }

        content = larger;
    }

    private void FindLines(byte terminator, CommandContext context)
    {
        Count = content.AsSpan(0, length).Count(terminator);
        Hold((Count + 1L) * sizeof(int));
        starts = new int[Count + 1];
        int at = 0;
        for (int line = 1; line < starts.Length; line++)
        {
            at += content.AsSpan(at).IndexOf(terminator) + 1;
            starts[line] = at;
            if ((line & 0xFFF) == 0) context.Check();
        }
    }
}
