using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Offstage.Agents.Processes;
using Offstage.Processes.JsonRpc;
using Offstage.Sandboxes;

namespace Offstage.Agents.Acp;

/// <summary>Answers the agent's requests, each beside the reading of its messages: it may wait for a command and go on talking.</summary>
internal sealed class AcpServices(JsonRpcConnection connection, AcpTerminals terminals, AcpFiles files) : IAsyncDisposable
{
    /// <summary>An agent that asks for more at once is refused.</summary>
    private const int WorksMax = 256;

    private readonly ConcurrentDictionary<Task, byte> running = new();
    private readonly CancellationTokenSource stopping = new();

    public void Begin(IReadOnlyList<AcpWork> works)
    {
        foreach (var work in works)
        {
            var allowed = work is AcpWork.Serve { Request: var request } && running.Count >= WorksMax
                ? new AcpWork.Refuse(request.Id, JsonRpcError.InternalError, "Too many requests at once.")
                : work;
            var task = Task.Run(() => RunAsync(allowed));
            running[task] = 0;
            _ = task.ContinueWith((done, all) => ((ConcurrentDictionary<Task, byte>)all!).TryRemove(done, out _), running, TaskScheduler.Default);
        }
    }

    /// <summary>Whoever waits for a terminal was let go by its end before.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Task.WhenAll(running.Keys);
    }

    private async Task RunAsync(AcpWork work)
    {
        try
        {
            switch (work)
            {
                case AcpWork.Reply reply:
                    await connection.RespondAsync(reply.Id, reply.Result, AcpJson.Default.JsonObject, stopping.Token);
                    break;
                case AcpWork.Refuse refuse:
                    await connection.RespondErrorAsync(refuse.Id, refuse.Code, refuse.Message, stopping.Token);
                    break;
                case AcpWork.Serve serve:
                    await ServeAsync(serve.Request);
                    break;
            }
        }
        catch (Exception gone) when (gone is JsonRpcException or OperationCanceledException)
        {
            // The end of the connection is told by its own event.
        }
    }

    private async Task ServeAsync(JsonRpcMessage.Request request)
    {
        try
        {
            JsonObject result = request.Method switch
            {
                AcpRequests.ReadFile => await files.ReadAsync(request.Params, stopping.Token),
                AcpRequests.WriteFile => await files.WriteAsync(request.Params, stopping.Token),
                AcpRequests.CreateTerminal => await terminals.CreateAsync(request.Params, stopping.Token),
                "terminal/output" => terminals.Output(request.Params),
                "terminal/wait_for_exit" => await terminals.WaitAsync(request.Params, stopping.Token),
                "terminal/kill" => await terminals.KillAsync(request.Params, stopping.Token),
                _ => await terminals.ReleaseAsync(request.Params, stopping.Token),
            };
            await connection.RespondAsync(request.Id, result, AcpJson.Default.JsonObject, stopping.Token);
        }
        catch (AcpServiceException refusal)
        {
            await connection.RespondErrorAsync(request.Id, refusal.Code, refusal.Message, stopping.Token);
        }
        catch (Exception failure) when (failure is SandboxException or IOException)
        {
            await connection.RespondErrorAsync(request.Id, JsonRpcError.InternalError, failure.Message, stopping.Token);
        }
    }
}

/// <summary>A file or a terminal could not be served; the agent is told.</summary>
internal sealed class AcpServiceException(int code, string message) : Exception(message)
{
    public int Code { get; } = code;
}
