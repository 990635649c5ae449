using Offstage.Agents.Processes;

namespace Offstage.Agents.Codex;

/// <summary>Finds the native program, which runs in a sandbox without Node.</summary>
internal sealed class CodexFinder(CodexOptions options, AgentProbe probe)
{
    public const string HowToInstall =
        "Codex was not found. Install it with 'npm install -g @openai/codex@" + CodexProtocol.Version + "', or name it in OFFSTAGE_CODEX.";

    /// <summary>Absolute path of the native program; null when there is none.</summary>
    public string? FindProgram() => ProgramFinder.Find(options.Program, options.SearchFolders, "codex", FindNative);

    public Task<AgentInstallation> InspectAsync(CancellationToken cancellationToken)
        => ProgramFinder.InspectAsync(probe, FindProgram(), HowToInstall, PackageFolder, cancellationToken);

    /// <summary>npm's <c>codex</c> is a script that starts the native program of a package for this platform; that one is
    /// taken directly.</summary>
    private static string? FindNative(string candidate)
    {
        var real = ProgramFinder.FinalTarget(candidate);
        if (!real.EndsWith(".js", StringComparison.Ordinal))
            return real;
        var package = Path.GetDirectoryName(Path.GetDirectoryName(real))!;
        string[] scopes = [Path.Combine(package, "node_modules", "@openai"), Path.GetDirectoryName(package)!];
        var platforms = scopes.Where(Directory.Exists)
            .SelectMany(scope => Directory.EnumerateDirectories(scope, "codex-*"))
            .Append(package);
        return platforms.Select(platform => Path.Combine(platform, "vendor"))
            .Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories)
            .Select(target => Path.Combine(target, "bin", "codex"))
            .FirstOrDefault(File.Exists);
    }

    // …/vendor/<target>/bin/codex has its helpers in sibling folders of bin.
    private static string PackageFolder(string program)
    {
        var bin = Path.GetDirectoryName(program)!;
        var target = Path.GetDirectoryName(bin);
        return target is not null && File.Exists(Path.Combine(target, "codex-package.json")) ? target : bin;
    }
}
