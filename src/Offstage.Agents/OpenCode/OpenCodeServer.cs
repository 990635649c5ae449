using System.Globalization;
using System.Text;
using Offstage.Agents.Processes;
using Offstage.Processes.JsonRpc;
using Offstage.Sandboxes;

namespace Offstage.Agents.OpenCode;

/// <summary>
/// The server's process: where it listens, its stream of events with exactly one <see cref="AgentEvent.Exited"/> at its end, and an end
/// that leaves no process.
/// </summary>
internal sealed class OpenCodeServer(
    ISandboxProcess process, OpenCodeTranslator translator, OpenCodeOptions options, string password, TimeProvider timeProvider) : IAsyncDisposable
{
    private const string ReadyWords = "listening on http://127.0.0.1:";

    /// <summary>How long a process whose stream has ended may take to leave by itself.</summary>
    private static readonly TimeSpan ExitGrace = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(10);

    private readonly AgentEventStream events = new();
    private readonly TaskCompletionSource disposedFully = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private OpenCodeApi? api;
    private Task output = Task.CompletedTask;
    private readonly TaskCompletionSource<string?> gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task pump = Task.CompletedTask;
    private int disposed;

    public OpenCodeApi Api => api ?? throw new InvalidOperationException("The server is not ready.");

    public TurnTags Tags => events.Tags;

    public IAsyncEnumerable<AgentEvent> Events => events.ReadAsync();

    public bool IsGone => gone.Task.IsCompleted;

    /// <summary>Waits until the server says where it listens. That it says so itself is what makes the port its own.</summary>
    /// <returns>False when it ended instead.</returns>
    public async Task<bool> WaitReadyAsync(CancellationToken cancellationToken)
    {
        var lines = new LineReader(process.StandardOutput, OpenCodeApi.BytesMax);
        while (await lines.ReadAsync(cancellationToken) is { } line)
        {
            var text = Encoding.UTF8.GetString(line);
            var at = text.IndexOf(ReadyWords, StringComparison.Ordinal);
            if (at < 0 || !int.TryParse(text[(at + ReadyWords.Length)..].Trim(), CultureInfo.InvariantCulture, out var port))
                continue;
            api = new OpenCodeApi(port, password, options.ConnectAsync, timeProvider);
            output = Task.Run(() => DrainAsync(process.StandardOutput), CancellationToken.None);
            return true;
        }

        return false;
    }

    /// <summary>From here on events are told.</summary>
    /// <param name="stream">Opened before the conversation was, so that nothing of it is missed.</param>
    public void Listen(Stream stream, string conversation)
    {
        var listener = new OpenCodeListener(Api, translator, events, process.Exited, conversation, timeProvider);
        pump = Task.Run(() => PumpAsync(listener, stream));
    }

    /// <summary>What to throw when a call got no answer.</summary>
    public async Task<AgentException> DescribeFailureAsync(HttpRequestException failure)
    {
        // The stream of events breaks at the same time; what becomes of it says more.
        await Task.WhenAny(gone.Task, Task.Delay(ExitGrace * 2, timeProvider, CancellationToken.None));
        return IsGone ? await GoneAsync() : new AgentException("agent_refused", failure.Message, failure);
    }

    public async Task<AgentException> GoneAsync() => await gone.Task is { } error
        ? new AgentException("agent_protocol_error", $"The agent is gone: {error}.")
        : new AgentException("agent_exited", "The agent is gone: its process has ended.");

    /// <summary>Adds an event of our own making. Dropped once the process is being disposed.</summary>
    public ValueTask EmitAsync(AgentEvent happened) => events.EmitAsync(happened);

    /// <summary>Kills the process and its tree: what it stores is in a database that takes it. Bounded in time; safe to call twice.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            await disposedFully.Task;
            return;
        }

        try
        {
            events.Close();
            await KillAsync();
            await pump;
            await output;
            api?.Dispose();
            await process.DisposeAsync();
            events.Dispose();
        }
        finally
        {
            disposedFully.TrySetResult();
        }
    }

    private async Task KillAsync()
    {
        using var limit = new CancellationTokenSource(KillLimit, timeProvider);
        try
        {
            await process.KillAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // Not even SIGKILL ended it in time: the sandbox's own end must. The exit is told as unknown.
        }
    }

    private async Task PumpAsync(OpenCodeListener listener, Stream stream)
    {
        string? protocolError;
        try
        {
            protocolError = await listener.RunAsync(stream);
        }
        catch (Exception bug)
        {
            // Ours, not the agent's. The reader must learn of the end all the same, or its turn would never end.
            protocolError = $"the adapter failed: {bug}";
        }

        if (protocolError is null)
            await Task.WhenAny(process.Exited, Task.Delay(ExitGrace, timeProvider, CancellationToken.None));
        if (!process.Exited.IsCompleted)
            await KillAsync();
        // Before the end is told: whoever has heard of it must not find the agent still there.
        gone.SetResult(protocolError);
        events.Complete(new AgentEvent.Exited(
            process.Exited.IsCompletedSuccessfully ? await process.Exited : -1, process.StandardErrorTail, protocolError));
    }

    /// <summary>It says nothing more that matters, and must never wait for a reader.</summary>
    private static async Task DrainAsync(Stream stream)
    {
        try
        {
            await stream.CopyToAsync(Stream.Null);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // Its end is told by the process.
        }
    }
}
