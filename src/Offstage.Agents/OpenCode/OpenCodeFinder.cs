using Offstage.Agents.Processes;

namespace Offstage.Agents.OpenCode;

/// <summary>Finds the native program, which runs in a sandbox without Node.</summary>
internal sealed class OpenCodeFinder(OpenCodeOptions options, AgentProbe probe)
{
    /// <summary>The version that this adapter was written against.</summary>
    public const string Version = "1.18.33";

    public const string HowToInstall =
        "OpenCode was not found. Install it with 'npm install -g opencode-ai@" + Version + "', or name it in OFFSTAGE_OPENCODE.";

    /// <summary>Absolute path of the native program; null when there is none.</summary>
    public string? FindProgram()
    {
        IEnumerable<string> candidates = options.Program is { } set
            ? [set]
            : options.SearchFolders.Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, "opencode"));

        // npm's command is a link to the native program, which its installation puts in the package.
        return candidates.Where(File.Exists)
            .Select(candidate => new FileInfo(candidate).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.GetFullPath(candidate))
            .FirstOrDefault();
    }

    public async Task<AgentInstallation> InspectAsync(CancellationToken cancellationToken)
    {
        if (FindProgram() is not { } program)
            return new AgentInstallation(null, HowToInstall, []);
        var version = await probe.ReadVersionAsync(program, ["--version"], cancellationToken);
        return version is null
            ? new AgentInstallation(null, $"{program} does not answer --version; reinstall it.", [])
            : new AgentInstallation(version, null, [Path.GetDirectoryName(program)!]);
    }
}
