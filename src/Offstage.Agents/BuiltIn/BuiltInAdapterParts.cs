using Offstage.Agents.BuiltIn.Models;

namespace Offstage.Agents.BuiltIn;

/// <summary>What an adapter gives its sessions.</summary>
internal sealed record BuiltInAdapterParts(
    BuiltInOptions Options, Func<AgentStart, IModelClient> CreateClient, TimeProvider TimeProvider, Random Random);
