using Offstage.Agents.Processes;

namespace Offstage.Agents.OpenCode;

/// <summary>Finds the native program, which runs in a sandbox without Node.</summary>
internal sealed class OpenCodeFinder(OpenCodeOptions options, AgentProbe probe)
{
    /// <summary>The version that this adapter was written against.</summary>
    public const string Version = "1.18.33";

    public const string HowToInstall =
        "OpenCode was not found. Install it with 'npm install -g opencode-ai@" + Version + "', or name it in OFFSTAGE_OPENCODE.";

    /// <summary>Absolute path of the native program, which npm's command is a link to; null when there is none.</summary>
    public string? FindProgram() => ProgramFinder.Find(options.Program, options.SearchFolders, "opencode", ProgramFinder.FinalTarget);

    public Task<AgentInstallation> InspectAsync(CancellationToken cancellationToken)
        => ProgramFinder.InspectAsync(probe, FindProgram(), HowToInstall, program => Path.GetDirectoryName(program)!, cancellationToken);
}
