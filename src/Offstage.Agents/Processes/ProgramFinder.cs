namespace Offstage.Agents.Processes;

/// <summary>Finds an agent's program on the host and says how it is.</summary>
internal static class ProgramFinder
{
    /// <param name="given">The program as it was configured; null: searched for.</param>
    /// <param name="findNative">From what was found to the program that runs without Node; null when there is none.</param>
    /// <returns>Absolute path; null when there is none.</returns>
    public static string? Find(string? given, IReadOnlyList<string> folders, string name, Func<string, string?> findNative)
    {
        IEnumerable<string> candidates = given is not null
            ? [given]
            : folders.Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, name));
        return candidates.Where(File.Exists).Select(findNative).FirstOrDefault(native => native is not null);
    }

    /// <summary>Through all links: npm's commands are links into their packages.</summary>
    public static string FinalTarget(string path)
        => new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);

    /// <param name="program">Null: there is none.</param>
    /// <param name="folderOf">From the program to the folder a sandbox must show.</param>
    public static async Task<AgentInstallation> InspectAsync(
        AgentProbe probe, string? program, string howToInstall, Func<string, string> folderOf, CancellationToken cancellationToken)
    {
        if (program is null)
            return new AgentInstallation(null, howToInstall, []);
        var version = await probe.ReadVersionAsync(program, ["--version"], cancellationToken);
        return version is null
            ? new AgentInstallation(null, $"{program} does not answer --version; reinstall it.", [])
            : new AgentInstallation(version, null, [folderOf(program)]);
    }
}
