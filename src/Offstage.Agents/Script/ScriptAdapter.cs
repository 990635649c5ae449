using System.Runtime.InteropServices;
using Offstage.Agents.Processes;
using Offstage.Contracts;
using Offstage.Processes.JsonRpc;
using Offstage.Sandboxes;

namespace Offstage.Agents.Script;

/// <summary>The script agent: deterministic, without a model, for demonstrations and tests. Its acts: README.md.</summary>
public sealed class ScriptAdapter(ScriptOptions options, TimeProvider timeProvider) : IAgentAdapter
{
    public const string AgentName = "script";

    private readonly string runtimeRoot = options.RuntimeRoot ?? RunningRuntimeRoot();

    public string Name => AgentName;

    public AgentCapabilities Capabilities { get; } = new()
    {
        CanSteer = true,
        CanResume = true,
        CanRollBack = true,
        CanSwitchModel = true,
        TakesImages = true,
        NeedsNetwork = false,
        Modes = [AgentMode.Auto, AgentMode.Ask, AgentMode.Edit, AgentMode.Plan],
    };

    public Task<AgentInstallation> InspectAsync(IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var program = Path.GetFullPath(options.Program);
        return Task.FromResult(File.Exists(program)
            ? new AgentInstallation(
                typeof(ScriptAdapter).Assembly.GetName().Version?.ToString(3), null, [Path.GetDirectoryName(program)!, runtimeRoot])
            : new AgentInstallation(null, $"There is no program at {program}; set ScriptOptions.Program.", []));
    }

    public Task<AgentStartResult> StartAsync(AgentStart start, CancellationToken cancellationToken)
    {
        if (AgentStarting.Refuse(this, start) is { } refusal)
            return Task.FromResult(refusal);

        var environment = new Dictionary<string, string>(start.Environment)
        {
            ["HOME"] = start.HomePath,
            ["DOTNET_ROOT"] = runtimeRoot,
            // The diagnostics pipe costs start time and writes to the temp folder.
            ["DOTNET_EnableDiagnostics"] = "0",
            ["DOTNET_TieredPGO"] = "0",
        };
        var spec = new ProcessSpec
        {
            Command = [Path.GetFullPath(options.Program)],
            WorkingDirectory = start.WorkspacePath,
            Environment = environment,
        };
        return AgentStarting.RunAsync(
            start, spec, process => new ScriptSession(process, timeProvider),
            (session, stop) => OpenAsync(session, start, stop), options.StartLimit, timeProvider, cancellationToken);
    }

    private static async Task<AgentStartResult?> OpenAsync(ScriptSession session, AgentStart start, CancellationToken cancellationToken)
    {
        try
        {
            await session.OpenAsync(start, cancellationToken);
            return null;
        }
        catch (JsonRpcErrorException refusal) when (refusal.Error.Code == ScriptMethods.CursorRejected)
        {
            return new AgentStartResult.CursorRejected(refusal.Error.Message);
        }
    }

    // …/shared/Microsoft.NETCore.App/10.0.x/ stands three folders below the root that an apphost looks for.
    private static string RunningRuntimeRoot() =>
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
}
