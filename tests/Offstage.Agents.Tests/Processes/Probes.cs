using Offstage.Agents.Processes;
using Offstage.Processes;

namespace Offstage.Agents.Tests.Processes;

/// <summary>One host of processes for all tests that look at installed programs.</summary>
internal static class Probes
{
    public static AgentProbe Shared { get; } = new(new ProcessRunner(new ProcessHost(), TimeProvider.System));
}
