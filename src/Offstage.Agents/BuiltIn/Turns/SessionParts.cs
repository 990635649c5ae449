using Offstage.Agents.BuiltIn.Conversations;
using Offstage.Agents.BuiltIn.Models;
using Offstage.Agents.BuiltIn.Tools;

namespace Offstage.Agents.BuiltIn.Turns;

/// <summary>What the turns of one session share.</summary>
internal sealed record SessionParts
{
    public required BuiltInOptions Options { get; init; }

    public required AgentStart Start { get; init; }

    public required Keeper Keeper { get; init; }

    public required Conversation Conversation { get; init; }

    public required SandboxCommands Commands { get; init; }

    /// <summary>Made, and its SDK loaded, when the first turn asks for it.</summary>
    public required Lazy<IModelClient> Client { get; init; }

    public required ModelCaller Caller { get; init; }

    public required UsageMeter Meter { get; init; }

    public required TurnRequests Requests { get; init; }

    /// <summary>Writes entries to the file, and then remembers them.</summary>
    /// <exception cref="KeeperException">They could not be written, and are not remembered.</exception>
    /// <exception cref="Offstage.Processes.JsonRpc.JsonRpcClosedException">The session is at its end.</exception>
    public async Task KeepAsync(params IReadOnlyList<Entry> entries)
    {
        await Keeper.AppendAsync(entries);
        foreach (var entry in entries)
            Conversation.Add(entry);
    }

    /// <inheritdoc cref="KeepAsync"/>
    public async Task ReplaceAsync(IReadOnlyList<Entry> entries)
    {
        await Keeper.ReplaceAsync(entries);
        Conversation.Replace(entries);
        Meter.Forget();
    }
}
