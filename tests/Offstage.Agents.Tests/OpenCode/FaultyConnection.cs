using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Offstage.Agents.Tests.OpenCode;

/// <summary>A way to the server that can be made to misspeak or to break, since the server itself cannot.</summary>
internal sealed class FaultyConnection
{
    private readonly List<FaultyStream> streams = [];

    /// <summary>A file whose content comes as one more event after a turn has begun to work.</summary>
    public string? Blurt { get; set; }

    public int LastPort { get; private set; }

    /// <summary>How many streams of events were opened.</summary>
    public int EventStreams
    {
        get
        {
            lock (streams)
                return streams.Count(one => one.CarriesEvents);
        }
    }

    public async ValueTask<Stream> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        LastPort = port;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
        var stream = new FaultyStream(new NetworkStream(socket, ownsSocket: true), this);
        lock (streams)
            streams.Add(stream);
        return stream;
    }

    /// <summary>Breaks the streams of events; calls go on.</summary>
    public void CutEvents()
    {
        lock (streams)
        {
            foreach (var stream in streams.Where(one => one.CarriesEvents))
                stream.Cut();
        }
    }

    private sealed class FaultyStream(Stream inner, FaultyConnection owner) : Stream
    {
        private readonly CancellationTokenSource cut = new();
        private byte[] injected = [];
        private bool armed;

        public bool CarriesEvents { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void Cut() => cut.Cancel();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (injected.Length == 0)
                return await ReadInnerAsync(buffer, cancellationToken);
            int count = Math.Min(buffer.Length, injected.Length);
            injected.AsMemory(0, count).CopyTo(buffer);
            injected = injected[count..];
            return count;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            CarriesEvents |= buffer.Span.StartsWith("GET /event "u8);
            return inner.WriteAsync(buffer, cancellationToken);
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }

        private async Task<int> ReadInnerAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, cut.Token);
            int count;
            try
            {
                count = await inner.ReadAsync(buffer, stop.Token);
            }
            catch (OperationCanceledException) when (cut.IsCancellationRequested)
            {
                throw new IOException("cut");
            }

            if (!CarriesEvents || owner.Blurt is not { } file)
                return count;
            var read = buffer.Span[..count];
            armed |= read.IndexOf("\"type\":\"busy\""u8) >= 0;
            if (armed && read.EndsWith("\n\n\r\n"u8))
            {
                // A whole chunk of the response's own framing, between two of the server's.
                byte[] data = [.. "data: "u8, .. File.ReadAllBytes(file), .. "\n"u8];
                injected = [.. Encoding.ASCII.GetBytes($"{data.Length:x}\r\n"), .. data, .. "\r\n"u8];
                owner.Blurt = null;
            }

            return count;
        }
    }
}
