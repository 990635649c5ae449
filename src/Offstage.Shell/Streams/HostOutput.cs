namespace Offstage.Shell.Streams;

/// <summary>The standard output or error of a run: hands every write to the caller as it comes, and counts it.</summary>
internal sealed class HostOutput(Action<ReadOnlyMemory<byte>> write, Budget budget) : FileDescription
{
    private readonly Lock gate = new();

    public override bool CanRead => false;

    public override FileStatus Status => Synthetic(FileKind.Pipe, 3);

    public override FileError Write(ReadOnlySpan<byte> bytes, Interruption interruption)
    {
        interruption.Check();
        budget.CountOutput(bytes.Length);
        byte[] copy = bytes.ToArray();
        lock (gate)
            write(copy);
        return FileError.None;
    }

    protected override void Close()
    {
    }
}
