using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Sed;

/// <summary>The lines of all files, one after the other, with a look at whether another follows.</summary>
internal sealed class SedInput(CommandContext context, IReadOnlyList<string> names, byte terminator, bool separate) : IDisposable
{
    private InputFile? file;
    private ReadOnlyMemory<byte> block;
    private int at;
    private int next;

    public long LineNumber { get; private set; }

    /// <summary>How often line numbers have begun anew.</summary>
    public int Numbering { get; private set; }

    /// <summary>Of the current file; <c>-</c> for standard input.</summary>
    public string FileName { get; private set; } = "-";

    public int Status { get; private set; }

    /// <summary>Called before the first line of each file, with its name; for <c>-i</c>. False leaves the file out.</summary>
    public Func<string, bool>? Opening { get; init; }

    /// <summary>Called when a file is done.</summary>
    public Action? Closed { get; init; }

    /// <summary>Reads the next line.</summary>
    /// <param name="hadTerminator">False for a last line that does not end.</param>
    public bool TryRead(ByteText target, out bool hadTerminator)
    {
        hadTerminator = false;
        if (!Prepare(acrossFiles: true)) return false;
        var rest = block.Span[at..];
        int length = rest.IndexOf(terminator);
        hadTerminator = length >= 0;
        var line = hadTerminator ? rest[..length] : rest;
        target.Append(line);
        at += line.Length + (hadTerminator ? 1 : 0);
        LineNumber++;
        return true;
    }

    public bool HasMoreFiles => next < names.Count;

    public bool IsLast => !Prepare(acrossFiles: !separate);

    public void Dispose()
    {
        if (file is null) return;
        Finish();
    }

    /// <summary>Makes the next line stand in the block.</summary>
    private bool Prepare(bool acrossFiles)
    {
        while (at >= block.Length)
        {
            if (file is not null)
            {
                if (file.Lines.TryReadMemory(out block, terminator))
                {
                    at = 0;
                    continue;
                }

                block = default;
                at = 0;
                if (!acrossFiles) return false;
                Finish();
            }

            if (next >= names.Count) return false;
            Open(names[next++]);
        }

        return true;
    }

    private void Open(string name)
    {
        var opened = InputFile.TryOpen(context, name, out var error);
        if (opened is null)
        {
            context.Complain($"can't read {name}: {error.Message()}");
            Status = 2;
            return;
        }

        if (opened.Description.Status.IsDirectory)
        {
            context.Complain(Opening is null ? $"read error on {name}: {FileError.IsDirectory.Message()}" : $"couldn't edit {name}: not a regular file");
            Status = 4;
            opened.Dispose();
            return;
        }

        if (Opening is not null && !Opening(name))
        {
            opened.Dispose();
            Status = 4;
            return;
        }

        if (separate)
        {
            LineNumber = 0;
            Numbering++;
        }

        file = opened;
        FileName = name;
    }

    private void Finish()
    {
        file!.Dispose();
        file = null;
        Closed?.Invoke();
    }
}
