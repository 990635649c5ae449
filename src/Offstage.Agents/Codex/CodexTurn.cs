using Offstage.Contracts;

namespace Offstage.Agents.Codex;

/// <summary>The turn that runs, by Codex's account.</summary>
internal sealed class CodexTurn(string id)
{
    public string Id { get; } = id;

    /// <summary>Its start was told. One that Codex confirms and does not announce is announced by the first that is told of it.</summary>
    public bool IsAnnounced { get; set; }

    /// <summary>Begun and not completed. Codex leaves the items of an interrupted turn open.</summary>
    public Dictionary<string, Item> OpenItems { get; } = [];

    /// <summary>Why it failed, told before its end.</summary>
    public string? Failure { get; set; }

    /// <summary>The thread's state, told before the turn's end: the end that is reported if the turn's own does not come.</summary>
    public AgentEvent? EndByGrace { get; set; }

    public DateTimeOffset? GraceEndsAt { get; set; }

    /// <summary>What Codex said last: in a turn that plans, the plan.</summary>
    public string? LastMessage { get; set; }

    public bool HasPlan => OpenItems.ContainsKey(PlanId);

    public string PlanId => $"plan-{Id}";
}
