using System.Buffers;
using System.Text.Json;
using Offstage.Processes;

namespace Offstage.Sandboxes.Process;

/// <summary>What bubblewrap says of itself on descriptor 3: the first process inside, and whether the program was ever run.</summary>
internal sealed class StatusReport
{
    private const int BytesMax = 4096;

    /// <summary>The init of the sandbox's PID namespace, in the host's numbers. When it is gone, all inside are.</summary>
    public int? InitPid { get; private set; }

    /// <summary>False when bubblewrap failed before it came to the program.</summary>
    public bool ProgramRan { get; private set; }

    /// <summary>Call when bubblewrap has ended: what it wrote waits in the pipe.</summary>
    public static async Task<StatusReport> ReadAsync(ChildProcess child, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BytesMax);
        try
        {
            int count = await child.StatusOutput.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return Parse(buffer.AsSpan(0, count));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Several JSON objects one after the other, the last one cut off when bubblewrap was killed while writing.
    internal static StatusReport Parse(ReadOnlySpan<byte> text)
    {
        StatusReport report = new();
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { AllowMultipleValues = true });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                    continue;
                string? name = reader.GetString();
                if (!reader.Read() || reader.TokenType != JsonTokenType.Number)
                    continue;
                if (name == "child-pid")
                    report.InitPid = reader.GetInt32();
                else if (name == "exit-code")
                    report.ProgramRan = true;
            }
        }
        catch (JsonException)
        {
            // The cut-off rest says nothing.
        }

        return report;
    }
}
