using Offstage.Agents.Processes;

namespace Offstage.Agents.ClaudeCode;

/// <summary>Finds the native program, which runs in a sandbox without Node.</summary>
internal sealed class ClaudeFinder(ClaudeOptions options, AgentProbe probe)
{
    public const string HowToInstall =
        "Claude Code was not found. Install it with 'npm install -g @anthropic-ai/claude-code@" + ClaudeProtocol.Version
        + "', or name it in OFFSTAGE_CLAUDE.";

    /// <summary>Absolute path of the native program; null when there is none.</summary>
    public string? FindProgram() => ProgramFinder.Find(options.Program, options.SearchFolders, "claude", FindNative);

    public Task<AgentInstallation> InspectAsync(CancellationToken cancellationToken)
        => ProgramFinder.InspectAsync(probe, FindProgram(), HowToInstall, program => Path.GetDirectoryName(program)!, cancellationToken);

    /// <summary>npm's <c>claude</c> is the native program itself, or, where its install script did not run, a script that
    /// starts the one of a package for this platform; that one is taken directly.</summary>
    private static string? FindNative(string candidate)
    {
        var real = ProgramFinder.FinalTarget(candidate);
        if (!IsScript(real))
            return real;
        for (var folder = Path.GetDirectoryName(real); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Path.GetFileName(folder) != "@anthropic-ai")
                continue;
            return Directory.EnumerateDirectories(folder, "claude-code-linux-*")
                .Select(package => Path.Combine(package, "claude"))
                .FirstOrDefault(File.Exists);
        }

        return null;
    }

    private static bool IsScript(string file)
    {
        Span<byte> head = stackalloc byte[2];
        using var stream = File.OpenRead(file);
        return stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == 2 && head.SequenceEqual("#!"u8);
    }
}
