using System.Text;
using System.Text.Json;
using Offstage.Agents.Processes;
using Offstage.Processes.JsonRpc;
using Offstage.Sandboxes;

namespace Offstage.Agents.BuiltIn.Conversations;

/// <summary>
/// The process in the sandbox that keeps the conversation's file. The session lives as long as it does: without it nothing said would be
/// remembered.
/// </summary>
internal sealed class Keeper(ISandboxProcess process, TimeProvider timeProvider)
    : AgentLineProcess<JsonLineConnection, JsonElement>(
        process, new JsonLineConnection(process.StandardOutput, Stream.Null), new KeeperTranslator(), timeProvider)
{
    // Bytes follow its lines, so it is not written to through the connection.
    private readonly Stream input = process.StandardInput;
    private readonly SemaphoreSlim writing = new(1, 1);
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<long>? kept;

    /// <summary>Ends what the session runs besides, once the keeper is gone: nothing of it may be there when the end is told.</summary>
    public Func<Task> EndingWork { get; set; } = () => Task.CompletedTask;

    /// <exception cref="JsonRpcClosedException">It is gone.</exception>
    public async Task WaitReadyAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAny(ready.Task, Drained).WaitAsync(cancellationToken);
        if (!ready.Task.IsCompleted)
            throw new JsonRpcClosedException(await Drained);
    }

    /// <summary>Returns when the entries are in the file.</summary>
    /// <exception cref="KeeperException">They could not be written: no space, for one.</exception>
    /// <exception cref="JsonRpcClosedException">The process is gone.</exception>
    public Task AppendAsync(params IReadOnlyList<Entry> entries) => WriteAsync("append", ConversationLines.Write(entries));

    /// <summary>Puts the entries in the place of all that is in the file.</summary>
    /// <exception cref="KeeperException">They could not be written; the file is as it was.</exception>
    /// <exception cref="JsonRpcClosedException">The process is gone.</exception>
    public Task ReplaceAsync(IReadOnlyList<Entry> entries) => WriteAsync("replace", ConversationLines.Write(entries));

    // Not cancelled in the middle: half a record would make bytes of the rest into commands.
    private async Task WriteAsync(string how, byte[] lines)
    {
        await writing.WaitAsync(CancellationToken.None);
        try
        {
            var answer = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref kept, answer);
            await SendAsync(how, lines);
            await Task.WhenAny(answer.Task, Drained);
            if (!answer.Task.IsCompleted)
                throw new JsonRpcClosedException(await Drained);
            if (await answer.Task != 0)
                throw new KeeperException("The conversation could not be written to its file in the sandbox. Is its disk full?");
        }
        finally
        {
            writing.Release();
        }
    }

    private async Task SendAsync(string how, byte[] lines)
    {
        try
        {
            await input.WriteAsync(Encoding.ASCII.GetBytes($"{how} {lines.Length}\n"), Closing);
            await input.WriteAsync(lines, Closing);
            await input.FlushAsync(Closing);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // A broken pipe or our own end; why the process is gone is known a moment later.
            throw new JsonRpcClosedException(await Drained);
        }
    }

    protected override Task EndWorkAsync() => EndingWork();

    protected override ValueTask ReplyAsync(JsonElement message, Reaction reaction)
    {
        if (message.IsTrue("ready"))
            ready.TrySetResult();
        if (message.FindNumber("kept") is { } code)
            Interlocked.Exchange(ref kept, null)?.TrySetResult(code);
        return ValueTask.CompletedTask;
    }

    private sealed class KeeperTranslator : IAgentTranslator<JsonElement>
    {
        public DateTimeOffset? GraceEndsAt => null;

        public Reaction Receive(JsonElement message, DateTimeOffset now)
            => message.Find("ready") is null && message.Find("kept") is null ? new AgentEvent.Raw("keeper", message) : Reaction.None;

        public IReadOnlyList<AgentEvent> EndGrace() => [];
    }
}

internal sealed class KeeperException(string message) : Exception(message);
