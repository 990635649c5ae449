using System.Buffers;
using System.IO.Pipelines;

namespace Offstage.Processes.JsonRpc;

/// <summary>Cuts a stream into lines of bounded length. Blank lines are skipped, a carriage return at the end is dropped.</summary>
public sealed class LineReader(Stream stream, int lineBytesMax)
{
    private readonly PipeReader reader = PipeReader.Create(
        stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024, minimumReadSize: 16 * 1024, leaveOpen: true));

    private ReadOnlySequence<byte> buffer;
    private bool started;
    private bool ended;

    /// <summary>How the last <see cref="ReadAsync"/> ended when it returned no line; null is the end of the stream.</summary>
    public JsonRpcClosed.ProtocolError? Error { get; private set; }

    /// <summary>The next line, valid until the next call; null at the end or at an <see cref="Error"/>.</summary>
    public async ValueTask<ReadOnlySequence<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        // How much of the buffer is known to hold no line end. Without it a line of 16 MiB that comes in
        // 16 KiB pieces would be searched from its beginning a thousand times.
        long searched = 0;
        while (true)
        {
            if (buffer.Slice(searched).PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end);
                if (line.Length > lineBytesMax)
                    return Fail(JsonRpcProtocolError.LineTooLong, $"a line is longer than {lineBytesMax} bytes");
                buffer = buffer.Slice(buffer.GetPosition(1, end));
                searched = 0;
                if (IsBlank(line))
                    continue;
                return line;
            }

            searched = buffer.Length;
            if (searched > lineBytesMax)
                return Fail(JsonRpcProtocolError.LineTooLong, $"a line is longer than {lineBytesMax} bytes");
            if (ended)
            {
                return IsBlank(buffer)
                    ? null
                    : Fail(JsonRpcProtocolError.LineTruncated, $"the stream ended {searched} bytes into a line");
            }

            if (started)
                reader.AdvanceTo(buffer.Start, buffer.End);
            var read = await reader.ReadAsync(cancellationToken);
            started = true;
            buffer = read.Buffer;
            ended = read.IsCompleted;
        }
    }

    private ReadOnlySequence<byte>? Fail(JsonRpcProtocolError error, string reason)
    {
        Error = new JsonRpcClosed.ProtocolError(error, reason);
        return null;
    }

    private static bool IsBlank(ReadOnlySequence<byte> line)
    {
        foreach (var segment in line)
        {
            if (segment.Span.ContainsAnyExcept(" \t\r"u8))
                return false;
        }

        return true;
    }
}
