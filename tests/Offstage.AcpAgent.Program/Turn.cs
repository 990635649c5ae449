using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Offstage.Processes.JsonRpc;

namespace Offstage.AcpAgent;

/// <summary>One prompt, line by line. The acts are the cases of <see cref="ActAsync"/>.</summary>
internal sealed class Turn(Agent agent, JsonRpcMessage.Request request, Prompt prompt, int earlier)
{
    private readonly CancellationTokenSource cancel = new();
    private readonly Tools tools = new(agent);
    private string stopReason = "end_turn";
    private bool deaf;
    private bool late;
    private bool spoke;

    public void Cancel()
    {
        if (!deaf)
            cancel.Cancel();
    }

    public async Task RunAsync()
    {
        try
        {
            foreach (string line in prompt.Lines)
            {
                cancel.Token.ThrowIfCancellationRequested();
                await (line.StartsWith('@') ? ActAsync(line) : tools.CommandAsync(line, asks: true, cancel.Token));
            }

            // As a model, it always has a last word.
            if (!spoke)
                await SayAsync("Done.");
        }
        catch (OperationCanceledException)
        {
            stopReason = "cancelled";
        }
        catch (FailedException failed)
        {
            await agent.Connection.SendLineAsync(
                Encoding.UTF8.GetBytes(new JsonObject
                {
                    ["jsonrpc"] = "2.0",
                    ["id"] = JsonNode.Parse(request.Id.ToString()),
                    ["error"] = new JsonObject
                    {
                        ["code"] = -32603,
                        ["message"] = "Internal error",
                        ["data"] = new JsonObject { ["details"] = failed.Message },
                    },
                }.ToJsonString()),
                CancellationToken.None);
            return;
        }

        await agent.Connection.AnswerAsync(request, new JsonObject
        {
            ["stopReason"] = stopReason,
            ["usage"] = new JsonObject { ["totalTokens"] = 30 * (earlier + 1), ["inputTokens"] = 20 * (earlier + 1), ["outputTokens"] = 10 * (earlier + 1) },
        });
        if (late)
        {
            await agent.UpdateAsync(new JsonObject { ["sessionUpdate"] = "agent_message_chunk", ["content"] = Wire.Text("too late") });
            await tools.LateAsync();
        }
    }

    private async Task ActAsync(string line)
    {
        var (name, rest) = line.IndexOf(' ') is > 0 and var space ? (line[..space], line[(space + 1)..].Trim()) : (line, "");
        switch (name)
        {
            case "@say":
                await SayAsync(rest.Split(' ').Select((word, index) => index == 0 ? word : " " + word).ToArray());
                break;
            case "@plan":
                await SayAsync(rest);
                break;
            case "@delta":
                await SayAsync([.. Enumerable.Range(1, Number(rest)).Select(n => $"{n} ")]);
                break;
            case "@think":
                await ChunkAsync("agent_thought_chunk", rest);
                break;
            case "@history":
                await SayAsync($"{earlier} earlier turns");
                break;
            case "@prompt":
                await SayAsync(prompt.Text);
                break;
            case "@images":
                await SayAsync($"{prompt.Images} images");
                break;
            case "@mode":
                await SayAsync(agent.Mode);
                break;
            case "@model":
                await SayAsync(agent.Model);
                break;
            case "@bare":
                await tools.CommandAsync(rest, asks: false, cancel.Token);
                break;
            case "@patch":
                await tools.PatchAsync(rest, asks: true, cancel.Token);
                break;
            case "@barepatch":
                await tools.PatchAsync(rest, asks: false, cancel.Token);
                break;
            case "@read":
                await SayAsync(await tools.ReadAsync(rest, cancel.Token));
                break;
            case "@present":
                await SayAsync(await tools.PresentAsync(rest, cancel.Token));
                break;
            case "@ask":
                await SayAsync(await tools.AskAsync(rest, cancel.Token));
                break;
            case "@todo":
                await tools.TodoAsync(rest.Split(','));
                break;
            case "@leave":
                await tools.LeaveAsync(rest);
                break;
            case "@ext":
                await SayAsync(await tools.ExtensionAsync(rest, cancel.Token));
                break;
            case "@usage":
                await agent.UpdateAsync(new JsonObject
                {
                    ["sessionUpdate"] = "usage_update",
                    ["used"] = Number(rest),
                    ["size"] = 1000,
                    ["cost"] = new JsonObject { ["amount"] = 0.25, ["currency"] = "USD" },
                });
                break;
            case "@title":
                await agent.UpdateAsync(new JsonObject { ["sessionUpdate"] = "session_info_update", ["title"] = rest });
                break;
            case "@sleep":
                await Task.Delay(TimeSpan.FromSeconds(double.Parse(rest, CultureInfo.InvariantCulture)), TimeProvider.System, cancel.Token);
                break;
            case "@hang":
                deaf = true;
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
                break;
            case "@crash":
                await agent.Connection.CompleteAsync(CancellationToken.None);
                Environment.Exit(70);
                break;
            case "@fail":
                throw new FailedException(rest);
            case "@stop":
                stopReason = rest;
                break;
            case "@late":
                late = true;
                break;
            case "@garbage":
                await agent.Connection.SendLineAsync("this is not JSON"u8.ToArray(), CancellationToken.None);
                break;
            case "@flood":
                await agent.Connection.SendLineAsync(Encoding.UTF8.GetBytes(new string('x', Number(rest))), CancellationToken.None);
                break;
            default:
                throw new FailedException($"There is no act '{name}'.");
        }
    }

    private async Task SayAsync(params string[] pieces)
    {
        spoke = true;
        foreach (string piece in pieces)
            await ChunkAsync("agent_message_chunk", piece);
    }

    private ValueTask ChunkAsync(string kind, string text) =>
        agent.UpdateAsync(new JsonObject { ["sessionUpdate"] = kind, ["content"] = Wire.Text(text) });

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>The prompt is answered with an error.</summary>
internal sealed class FailedException(string message) : Exception(message);
