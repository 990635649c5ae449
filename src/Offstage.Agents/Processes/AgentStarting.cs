using Offstage.Processes.JsonRpc;
using Offstage.Sandboxes;

namespace Offstage.Agents.Processes;

/// <summary>Starts an agent's process and opens its conversation, or leaves nothing behind and says why.</summary>
internal static class AgentStarting
{
    /// <returns>Why no process need be started for this; null when nothing is against it.</returns>
    public static AgentStartResult? Refuse(IAgentAdapter adapter, AgentStart start)
    {
        if (start.Cursor is { } cursor && cursor.Agent != adapter.Name)
            return new AgentStartResult.CursorRejected($"The cursor belongs to '{cursor.Agent}'.");
        return adapter.Capabilities.Modes.Contains(start.Mode)
            ? null
            : new AgentStartResult.Failed("mode_unsupported", $"The agent '{adapter.Name}' has no mode '{start.Mode}'.", Retryable: false);
    }

    /// <param name="open">Builds the session over the process and opens the conversation. It answers null for a
    /// conversation that is open, or the result to give instead.</param>
    public static async Task<AgentStartResult> RunAsync<TSession>(
        AgentStart start,
        ProcessSpec spec,
        Func<ISandboxProcess, TSession> createSession,
        Func<TSession, CancellationToken, Task<AgentStartResult?>> open,
        TimeSpan limit,
        TimeProvider timeProvider,
        CancellationToken cancellationToken)
        where TSession : class, IAgentSession
    {
        ISandboxProcess process;
        try
        {
            process = await start.LaunchAsync(spec, cancellationToken);
        }
        catch (SandboxException failure)
        {
            var code = failure.Code == "program_not_found" ? "agent_not_installed" : "agent_start_failed";
            return new AgentStartResult.Failed(code, failure.Message, failure.Retryable);
        }

        var session = createSession(process);
        AgentStartResult? instead = null;
        var opened = false;
        using var deadline = new CancellationTokenSource(limit, timeProvider);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            instead = await open(session, stop.Token);
            opened = instead is null;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            instead = new AgentStartResult.Failed(
                "agent_start_failed", $"The agent did not answer within {limit.TotalSeconds} s.", Retryable: true);
        }
        catch (JsonRpcErrorException refusal)
        {
            instead = new AgentStartResult.Failed("agent_start_failed", refusal.Message, Retryable: false);
        }
        catch (JsonRpcClosedException ended)
        {
            instead = await DescribeAsync(process, ended.Reason, timeProvider);
        }
        finally
        {
            if (!opened)
                await session.DisposeAsync();
        }

        return instead ?? new AgentStartResult.Started(session);
    }

    private static async Task<AgentStartResult> DescribeAsync(ISandboxProcess process, JsonRpcClosed reason, TimeProvider timeProvider)
    {
        if (reason is JsonRpcClosed.ProtocolError error)
            return new AgentStartResult.Failed("agent_protocol_error", $"{error.Error}: {error.Reason}", Retryable: false);
        return await DescribeExitAsync(process, timeProvider);
    }

    /// <summary>What to answer when the program has gone before it was ready.</summary>
    public static async Task<AgentStartResult> DescribeExitAsync(ISandboxProcess process, TimeProvider timeProvider)
    {
        // Its pipe ends a moment before it does; its exit code says more than the pipe.
        await Task.WhenAny(process.Exited, Task.Delay(TimeSpan.FromSeconds(1), timeProvider, CancellationToken.None));
        var code = process.Exited.IsCompletedSuccessfully ? $"with code {await process.Exited}" : "without leaving";
        return new AgentStartResult.Failed(
            "agent_exited", $"The agent ended {code} before it was ready: {process.StandardErrorTail.Trim()}", Retryable: true);
    }
}
