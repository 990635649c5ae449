using System.Diagnostics;

namespace Offstage.Shell.Streams;

/// <summary>A bounded pipe between processes of a shell. A writer waits while it is full, and learns when no reader is left.</summary>
internal sealed class Pipe
{
    private const int Capacity = 64 * 1024;
    private static long inodes;

    private readonly object gate = new();
    private readonly long inode = Interlocked.Increment(ref inodes);
    private byte[] buffer = new byte[1024];
    private int start;
    private int count;
    private bool readerGone;
    private bool writerGone;

    public Pipe()
    {
        Reader = new ReadEnd(this);
        Writer = new WriteEnd(this);
    }

    public FileDescription Reader { get; }

    public FileDescription Writer { get; }

    private FileError Read(Span<byte> into, int delimiter, Interruption interruption, out int read)
    {
        read = 0;
        if (into.IsEmpty)
            return FileError.None;
        lock (gate)
        {
            if (count == 0 && !writerGone)
                Wait(() => count > 0 || writerGone, Timeout.InfiniteTimeSpan, interruption);
            read = Math.Min(into.Length, count);
            int first = Math.Min(read, buffer.Length - start);
            buffer.AsSpan(start, first).CopyTo(into);
            buffer.AsSpan(0, read - first).CopyTo(into[first..]);
            if (delimiter >= 0)
            {
                int found = into[..read].IndexOf((byte)delimiter);
                read = found < 0 ? read : found + 1;
            }

            start = count == read ? 0 : (start + read) % buffer.Length;
            count -= read;
            if (read > 0)
                Monitor.PulseAll(gate);
            return FileError.None;
        }
    }

    private FileError Write(ReadOnlySpan<byte> bytes, Interruption interruption)
    {
        lock (gate)
        {
            while (true)
            {
                if (readerGone)
                    return FileError.BrokenPipe;
                if (bytes.IsEmpty)
                    return FileError.None;
                if (count == Capacity)
                {
                    Wait(() => count < Capacity || readerGone, Timeout.InfiniteTimeSpan, interruption);
                    continue;
                }

                int taken = Math.Min(bytes.Length, Capacity - count);
                Grow(count + taken);
                int end = (start + count) % buffer.Length;
                int first = Math.Min(taken, buffer.Length - end);
                bytes[..first].CopyTo(buffer.AsSpan(end));
                bytes[first..taken].CopyTo(buffer);
                count += taken;
                bytes = bytes[taken..];
                Monitor.PulseAll(gate);
            }
        }
    }

    private void Grow(int wanted)
    {
        if (wanted <= buffer.Length)
            return;
        byte[] grown = new byte[Math.Min(Capacity, Math.Max(wanted, buffer.Length * 4))];
        int first = Math.Min(count, buffer.Length - start);
        buffer.AsSpan(start, first).CopyTo(grown);
        buffer.AsSpan(0, count - first).CopyTo(grown.AsSpan(first));
        buffer = grown;
        start = 0;
    }

    /// <summary>Waits for a condition under the lock. A process that is to end is woken by its token.</summary>
    private bool Wait(Func<bool> condition, TimeSpan timeout, Interruption interruption)
    {
        interruption.Check();
        long begun = Stopwatch.GetTimestamp();
        // The registration may run its callback here and now; it takes the lock that this thread holds already.
        CancellationTokenRegistration wake = interruption.Token.UnsafeRegister(static pipe => ((Pipe)pipe!).WakeAll(), this);
        try
        {
            while (!condition())
            {
                if (timeout == Timeout.InfiniteTimeSpan)
                {
                    Monitor.Wait(gate);
                }
                else
                {
                    long left = (long)timeout.TotalMilliseconds - (long)Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
                    if (left <= 0 || !Monitor.Wait(gate, (int)Math.Min(left, int.MaxValue)))
                        return condition();
                }

                interruption.Check();
            }

            return true;
        }
        finally
        {
            // Not disposed: that would wait for a callback that is waiting for our lock.
            wake.Unregister();
        }
    }

    private void WakeAll()
    {
        lock (gate)
            Monitor.PulseAll(gate);
    }

    private sealed class ReadEnd(Pipe pipe) : FileDescription
    {
        public override bool CanWrite => false;

        public override FileStatus Status => Synthetic(FileKind.Pipe, pipe.inode);

        public override FileError Read(Span<byte> buffer, Interruption interruption, out int count)
            => pipe.Read(buffer, -1, interruption, out count);

        public override FileError ReadThrough(byte delimiter, Span<byte> buffer, Interruption interruption, out int count)
            => pipe.Read(buffer, delimiter, interruption, out count);

        public override bool WaitReadable(TimeSpan timeout, Interruption interruption)
        {
            lock (pipe.gate)
                return pipe.Wait(() => pipe.count > 0 || pipe.writerGone, timeout, interruption);
        }

        protected override void Close()
        {
            lock (pipe.gate)
            {
                pipe.readerGone = true;
                Monitor.PulseAll(pipe.gate);
            }
        }
    }

    private sealed class WriteEnd(Pipe pipe) : FileDescription
    {
        public override bool CanRead => false;

        public override FileStatus Status => Synthetic(FileKind.Pipe, pipe.inode);

        public override FileError Write(ReadOnlySpan<byte> bytes, Interruption interruption) => pipe.Write(bytes, interruption);

        protected override void Close()
        {
            lock (pipe.gate)
            {
                pipe.writerGone = true;
                Monitor.PulseAll(pipe.gate);
            }
        }
    }
}
