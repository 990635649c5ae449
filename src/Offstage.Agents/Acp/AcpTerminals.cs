using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Offstage.Agents.Processes;
using Offstage.Processes.JsonRpc;
using Offstage.Sandboxes;

namespace Offstage.Agents.Acp;

/// <summary>The agent's terminals: commands in its own sandbox, without the agent's secrets in their environment.</summary>
internal sealed class AcpTerminals(AgentStart start, Func<string, string, ValueTask> onOutput, TimeProvider timeProvider) : IAsyncDisposable
{
    private const int RunningMax = 32;
    private const int KeptMax = 64;
    private const int OutputBytesMax = 1024 * 1024;

    private readonly ConcurrentDictionary<string, AcpTerminal> live = new(StringComparer.Ordinal);

    /// <summary>What was released in this turn: a tool call may go on showing it.</summary>
    private readonly ConcurrentDictionary<string, AcpTerminalState> released = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> ofTurn = new(StringComparer.Ordinal);
    private int last;
    private int disposed;

    public AcpTerminalState? Find(string id) =>
        live.TryGetValue(id, out var terminal) ? terminal.State : released.GetValueOrDefault(id);

    public void OnTurn()
    {
        released.Clear();
        ofTurn.Clear();
    }

    public async Task<JsonObject> CreateAsync(JsonElement parameters, CancellationToken cancellationToken)
    {
        if (parameters.FindText("command") is not { Length: > 0 } command)
            throw new AcpServiceException(JsonRpcError.InvalidParams, "There is no command.");
        if (live.Count >= RunningMax)
            throw new AcpServiceException(JsonRpcError.InternalError, $"There are {RunningMax} terminals already; release some.");
        var environment = new Dictionary<string, string> { ["HOME"] = start.HomePath };
        foreach (var variable in parameters.List("env"))
        {
            if (variable.FindText("name") is { Length: > 0 } name && !name.Contains('=', StringComparison.Ordinal))
                environment[name] = variable.FindText("value") ?? "";
        }

        // One pipe for both streams keeps their order. A command without arguments is a line for a shell: agents mean both.
        var arguments = parameters.List("args").Select(argument => argument.AsText()).ToList();
        string run = arguments.Count > 0 ? "exec \"$@\"" : "eval \"$1\"";
        string folder = parameters.FindText("cwd") ?? start.WorkspacePath;
        var process = await start.LaunchAsync(
            new ProcessSpec
            {
                Command = ["/bin/sh", "-c", $"exec 2>&1 </dev/null; {run}", "sh", command, .. arguments],
                WorkingDirectory = folder,
                Environment = environment,
            },
            cancellationToken);
        string id = $"terminal-{Interlocked.Increment(ref last).ToString(CultureInfo.InvariantCulture)}";
        int bytesMax = (int)Math.Clamp(parameters.FindNumber("outputByteLimit") ?? OutputBytesMax, 0, OutputBytesMax);
        var terminal = new AcpTerminal(process, AcpRequests.CommandLineOf(parameters), folder, bytesMax, text => onOutput(id, text), timeProvider);
        live[id] = terminal;
        ofTurn[id] = 0;

        // The session ended while it was being started.
        if (Volatile.Read(ref disposed) != 0)
            await terminal.DisposeAsync();
        return new JsonObject { ["terminalId"] = id };
    }

    public JsonObject Output(JsonElement parameters)
    {
        var terminal = Require(parameters);
        var (text, truncated) = terminal.Read();
        return new JsonObject
        {
            ["output"] = text,
            ["truncated"] = truncated,
            ["exitStatus"] = terminal.Exited.IsCompletedSuccessfully ? Status(terminal.Exited.Result) : null,
        };
    }

    public async Task<JsonObject> WaitAsync(JsonElement parameters, CancellationToken cancellationToken) =>
        Status(await Require(parameters).Exited.WaitAsync(cancellationToken));

    public async Task<JsonObject> KillAsync(JsonElement parameters, CancellationToken cancellationToken)
    {
        await Require(parameters).KillAsync(cancellationToken);
        return [];
    }

    public async Task<JsonObject> ReleaseAsync(JsonElement parameters, CancellationToken cancellationToken)
    {
        string id = parameters.FindText("terminalId") ?? "";
        var terminal = Require(parameters);
        await terminal.KillAsync(cancellationToken);
        await terminal.Exited.WaitAsync(cancellationToken);
        if (released.Count < KeptMax)
            released[id] = terminal.State;
        live.TryRemove(id, out _);
        await terminal.DisposeAsync();
        return [];
    }

    /// <summary>Ends what the running turn started; servers of earlier turns go on.</summary>
    public async Task KillTurnAsync(CancellationToken cancellationToken)
    {
        foreach (string id in ofTurn.Keys)
        {
            if (live.TryGetValue(id, out var terminal))
                await terminal.KillAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Volatile.Write(ref disposed, 1);
        foreach (string id in live.Keys)
        {
            if (live.TryRemove(id, out var terminal))
                await terminal.DisposeAsync();
        }
    }

    private AcpTerminal Require(JsonElement parameters) =>
        live.GetValueOrDefault(parameters.FindText("terminalId") ?? "")
        ?? throw new AcpServiceException(AcpErrors.ResourceNotFound, $"There is no terminal '{parameters.FindText("terminalId")}'.");

    private static JsonObject Status(int exitCode) => new() { ["exitCode"] = exitCode, ["signal"] = null };
}
