namespace Offstage.Shell.Streams;

/// <summary>The standard output or error of a run: hands every write to the caller as it comes, and counts it.</summary>
#pragma warning disable CA1001 // The event may be waited for after the last writer has gone.
internal sealed class HostOutput(Action<ReadOnlyMemory<byte>> write, Budget budget) : FileDescription
#pragma warning restore CA1001
{
    private readonly Lock gate = new();
    private readonly ManualResetEventSlim closed = new();

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

    /// <summary>Waits until nobody can write any more, or the run is over.</summary>
    public void WaitUntilClosed(Budget ofRun)
    {
        try
        {
            closed.Wait(ofRun.Stopping);
        }
        catch (OperationCanceledException)
        {
            // The run is over; who still writes is told so at the next write.
        }
    }

    protected override void Close() => closed.Set();
}
