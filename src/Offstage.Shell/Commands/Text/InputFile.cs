namespace Offstage.Shell.Commands.Text;

/// <summary>A file that a command reads: an operand, or standard input for <c>-</c>.</summary>
internal sealed class InputFile : IDisposable
{
    private readonly bool isOwned;

    private InputFile(CommandContext context, string name, FileDescription description, bool isOwned)
    {
        (Name, Description, this.isOwned) = (name, description, isOwned);
        Reader = context.Reader(description);
        Lines = new LineBlocks(description, context.Interruption, context.Output);
    }

    /// <summary>As given.</summary>
    public string Name { get; }

    public bool IsStandardInput => !isOwned;

    public FileDescription Description { get; }

    /// <summary>For reading line by line or in pieces. Use either this or <see cref="Lines"/>.</summary>
    public InputReader Reader { get; }

    /// <summary>For reading many lines at a time. Use either this or <see cref="Reader"/>.</summary>
    public LineBlocks Lines { get; }

    /// <summary>What reading ended with; <see cref="FileError.None"/> at a proper end.</summary>
    public FileError Error => Reader.Error != FileError.None ? Reader.Error : Lines.Error;

    /// <returns>Null when it cannot be opened; the message is written then.</returns>
    public static InputFile? Open(CommandContext context, string name)
    {
        var file = TryOpen(context, name, out var error);
        if (file is null) context.Complain(name, error);
        return file;
    }

    public static InputFile? TryOpen(CommandContext context, string name, out FileError error)
    {
        error = FileError.None;
        if (name == "-") return new(context, "-", context.StandardInput, isOwned: false);
        error = context.Open(name, FileOpening.Read, out var description);
        return description is null ? null : new(context, name, description, isOwned: true);
    }

    /// <summary>The operands as files, or standard input when there are none. What cannot be opened is complained of and left out.</summary>
    /// <param name="status">Becomes 1 when one cannot be opened or read.</param>
    public static IEnumerable<InputFile> OpenAll(CommandContext context, IReadOnlyList<string> operands, RunningStatus status)
    {
        foreach (string name in operands.Count == 0 ? ["-"] : operands)
        {
            using var file = Open(context, name);
            if (file is null)
            {
                status.Value = 1;
                continue;
            }

            yield return file;
            status.Note(context, file);
        }
    }

    /// <summary>The whole content.</summary>
    public byte[] ReadToEnd() => Reader.ReadToEnd();

    public void Dispose()
    {
        Reader.Release();
        Lines.Release();
        if (isOwned) Description.Release();
    }
}

/// <summary>The exit status of a command that goes on after an error.</summary>
internal sealed class RunningStatus
{
    public int Value { get; set; }

    /// <summary>Complains of a read error.</summary>
    public void Note(CommandContext context, InputFile file)
    {
        if (file.Error == FileError.None) return;
        context.Complain(file.Name, file.Error);
        Value = 1;
    }
}
