using Offstage.Contracts;

namespace Offstage.Commands;

/// <summary>Modes as they are typed.</summary>
internal static class ModeOption
{
    public static readonly string[] Names = ["auto", "ask", "edit", "plan"];

    /// <returns>Null when none was given.</returns>
    public static AgentMode? Read(string? name) => name switch
    {
        "auto" => AgentMode.Auto,
        "ask" => AgentMode.Ask,
        "edit" => AgentMode.Edit,
        "plan" => AgentMode.Plan,
        _ => null,
    };
}
