using Offstage.Agents.BuiltIn.Models;
using Offstage.Contracts;

namespace Offstage.Agents.BuiltIn.Tools;

internal static class Toolbox
{
    private static readonly Tool[] All = [new ShellTool(), new ReadTool(), new WriteTool(), new EditTool(), new GlobTool(), new GrepTool(), new PlanTool(), new AskTool()];

    public static IReadOnlyList<Tool> For(AgentMode mode)
        => mode == AgentMode.Plan ? [.. All.Where(tool => tool.Nature is ToolNature.Looks or ToolNature.Tells)] : All;

    public static IReadOnlyList<ToolSpec> SpecsFor(AgentMode mode) => [.. For(mode).Select(tool => tool.Spec)];

    /// <returns>Null when there is none, or none in this mode.</returns>
    public static Tool? Find(string name, AgentMode mode) => For(mode).FirstOrDefault(tool => tool.Spec.Name == name);

    public static bool Has(string name) => All.Any(tool => tool.Spec.Name == name);
}
