using System.Text;
using Offstage.Sandboxes;

namespace Offstage.Agents.Acp;

/// <summary>A command in the sandbox whose output is kept, the oldest dropped first.</summary>
internal sealed class AcpTerminal : IAsyncDisposable
{
    /// <summary>How long a background child that holds the output open is listened to after the command has ended.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(200);

    private const int UntoldCharsMax = 256 * 1024;

    private readonly ISandboxProcess process;
    private readonly string commandLine;
    private readonly string? workingDirectory;
    private readonly int bytesMax;
    private readonly Func<string, ValueTask> onOutput;
    private readonly Lock gate = new();
    private readonly StringBuilder output = new();
    private readonly StringBuilder untold = new();
    private Task telling = Task.CompletedTask;
    private bool isTelling;
    private bool truncated;

    public AcpTerminal(
        ISandboxProcess process, string commandLine, string? workingDirectory, int bytesMax, Func<string, ValueTask> onOutput, TimeProvider timeProvider)
    {
        this.process = process;
        this.commandLine = commandLine;
        this.workingDirectory = workingDirectory;
        this.bytesMax = bytesMax;
        this.onOutput = onOutput;
        Exited = Task.Run(() => RunAsync(timeProvider));
    }

    /// <summary>Completes with the exit code when the command has ended and its output was read.</summary>
    public Task<int> Exited { get; }

    public AcpTerminalState State => new(commandLine, workingDirectory, Read().Text, Exited.IsCompletedSuccessfully ? Exited.Result : null);

    public (string Text, bool Truncated) Read()
    {
        lock (gate)
        {
            string text = output.ToString();
            if (Encoding.UTF8.GetByteCount(text) <= bytesMax)
                return (text, truncated);

            // From the start of a character: the protocol asks for whole ones.
            var bytes = Encoding.UTF8.GetBytes(text).AsSpan();
            int from = bytes.Length - bytesMax;
            while (from < bytes.Length && (bytes[from] & 0xC0) == 0x80)
                from++;
            return (Encoding.UTF8.GetString(bytes[from..]), true);
        }
    }

    public Task KillAsync(CancellationToken cancellationToken) => process.KillAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        await Exited;
        await telling;
    }

    private async Task<int> RunAsync(TimeProvider timeProvider)
    {
        var reading = ReadAllAsync();
        int exitCode = await process.Exited;
        await Task.WhenAny(reading, Task.Delay(Linger, timeProvider, CancellationToken.None));
        return exitCode;
    }

    private async Task ReadAllAsync()
    {
        var bytes = new byte[16 * 1024];
        var chars = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        var decoder = Encoding.UTF8.GetDecoder();
        try
        {
            while (await process.StandardOutput.ReadAsync(bytes, CancellationToken.None) is > 0 and var count)
            {
                string text = new(chars, 0, decoder.GetChars(bytes, 0, count, chars, 0));
                lock (gate)
                {
                    output.Append(text);
                    int over = output.Length - bytesMax;
                    if (over > 0)
                    {
                        output.Remove(0, over);
                        truncated = true;
                    }

                    Tell(text);
                }
            }
        }
        catch (Exception ended) when (ended is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It was killed, and its pipe with it.
        }
    }

    // Beside the reading: a slow listener must hold up neither the command nor its output for the agent. What is live and too much for
    // it is dropped; the whole comes with the item's end.
    private void Tell(string text)
    {
        if (untold.Length < UntoldCharsMax)
            untold.Append(text);
        if (isTelling || untold.Length == 0)
            return;
        isTelling = true;
        telling = Task.Run(TellAsync);
    }

    private async Task TellAsync()
    {
        while (true)
        {
            string text;
            lock (gate)
            {
                if (untold.Length == 0)
                {
                    isTelling = false;
                    return;
                }

                text = untold.ToString();
                untold.Clear();
            }

            await onOutput(text);
        }
    }
}
