using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Offstage.Agents.Processes;
using Offstage.Processes.JsonRpc;
using Offstage.Sandboxes;

namespace Offstage.Agents.Acp;

/// <summary>Files for the agent, read and written by processes in its own sandbox: it sees no more by them than without them.</summary>
internal sealed class AcpFiles(AgentStart start, TimeProvider timeProvider)
{
    /// <summary>A line of the protocol holds 16 MiB; more than this would not fit when it is escaped.</summary>
    private const int BytesMax = 4 * 1024 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public async Task<JsonObject> ReadAsync(JsonElement parameters, CancellationToken cancellationToken)
    {
        string path = PathOf(parameters);
        string text = await RunAsync(["/bin/sh", "-c", "exec cat -- \"$1\"", "sh", path], null, cancellationToken);
        long line = Math.Max(1, parameters.FindNumber("line") ?? 1);
        long limit = parameters.FindNumber("limit") ?? long.MaxValue;
        return new JsonObject { ["content"] = line == 1 && limit == long.MaxValue ? text : Cut(text, line, limit) };
    }

    public async Task<JsonObject> WriteAsync(JsonElement parameters, CancellationToken cancellationToken)
    {
        string path = PathOf(parameters);
        string content = parameters.FindText("content") ?? throw new AcpServiceException(JsonRpcError.InvalidParams, "There is no content.");
        await RunAsync(
            ["/bin/sh", "-c", "mkdir -p -- \"${1%/*}/\" && exec cat > \"$1\"", "sh", path], Encoding.UTF8.GetBytes(content), cancellationToken);
        return [];
    }

    private static string PathOf(JsonElement parameters) =>
        parameters.FindText("path") is { } path && path.StartsWith('/') && !path.Contains('\0', StringComparison.Ordinal)
            ? path
            : throw new AcpServiceException(JsonRpcError.InvalidParams, "The path must be absolute.");

    private async Task<string> RunAsync(IReadOnlyList<string> command, byte[]? input, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Limit, timeProvider);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        await using var process = await start.LaunchAsync(
            new ProcessSpec { Command = command, WorkingDirectory = start.WorkspacePath }, stop.Token);
        try
        {
            var reading = ReadAllAsync(process, stop.Token);
            await WriteAllAsync(process, input, stop.Token);
            string output = await reading.WaitAsync(stop.Token);
            int exitCode = await process.Exited.WaitAsync(stop.Token);
            return exitCode == 0 ? output : throw Failure(process.StandardErrorTail.Trim(), exitCode);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new AcpServiceException(JsonRpcError.InternalError, $"It took longer than {Limit.TotalSeconds} s.");
        }
    }

    private static async Task WriteAllAsync(ISandboxProcess process, byte[]? input, CancellationToken cancellationToken)
    {
        try
        {
            if (input is not null)
                await process.StandardInput.WriteAsync(input, cancellationToken);
            await process.StandardInput.DisposeAsync();
        }
        catch (IOException)
        {
            // It ended before it read all; its exit code says why.
        }
    }

    private static async Task<string> ReadAllAsync(ISandboxProcess process, CancellationToken cancellationToken)
    {
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await process.StandardOutput.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            all.Write(buffer, 0, count);
            if (all.Length > BytesMax)
                throw new AcpServiceException(JsonRpcError.InternalError, $"The file is longer than {BytesMax} bytes.");
        }

        return Encoding.UTF8.GetString(all.GetBuffer(), 0, (int)all.Length);
    }

    private static AcpServiceException Failure(string words, int exitCode) => words.Contains("No such file", StringComparison.Ordinal)
        ? new AcpServiceException(AcpErrors.ResourceNotFound, words)
        : new AcpServiceException(JsonRpcError.InternalError, words.Length > 0 ? words : $"It failed with code {exitCode}.");

    private static string Cut(string text, long line, long limit)
    {
        var lines = text.Split('\n');
        return string.Join('\n', lines.Skip((int)Math.Min(line - 1, int.MaxValue)).Take((int)Math.Clamp(limit, 0, int.MaxValue)));
    }
}
