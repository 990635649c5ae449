using System.Text.Json;
using Offstage.Agents.Processes;
using Offstage.Processes;

namespace Offstage.Agents.Acp;

/// <summary>Finds the program, what it needs to run, and its version.</summary>
internal sealed class AcpFinder(AcpOptions options, AgentProbe probe)
{
    private const int ManifestBytesMax = 1024 * 1024;

    public string HowToInstall => options.HowToInstall ?? $"The program '{options.Command}' was not found. Install it, or name it in the configuration.";

    /// <summary>The start of its command line: the program, or Node and the script. Null when something is missing.</summary>
    public IReadOnlyList<string>? FindCommand()
    {
        if (FindProgram() is not { } program)
            return null;
        if (!IsNodeScript(program))
            return [program];

        // Not by its own first line: in a sandbox `env` would not find a Node outside of the usual folders.
        return ProgramPath.Find("node", [.. options.SearchFolders, "/usr/local/bin", "/usr/bin"]) is { } node ? [RealPath(node), program] : null;
    }

    public async Task<AgentInstallation> InspectAsync(CancellationToken cancellationToken)
    {
        if (FindProgram() is not { } program)
            return new AgentInstallation(null, HowToInstall, []);
        if (FindCommand() is not { } command)
            return new AgentInstallation(null, $"{program} is a script for Node, and there is no 'node'. Install Node 20 or later.", []);
        var version = options.VersionArguments is { } arguments
            ? await probe.ReadVersionAsync(program, arguments, cancellationToken)
            : FindPackageVersion(program);
        return version is null
            ? new AgentInstallation(null, $"{program} does not say its version; reinstall it.", [])
            : new AgentInstallation(version, null, [.. Folders(command).Concat(options.ReadOnlyPaths).Distinct(StringComparer.Ordinal)]);
    }

    private string? FindProgram()
    {
        if (options.Program is { Length: > 0 } set)
            return File.Exists(set) ? RealPath(set) : null;
        return ProgramPath.Find(options.Command, options.SearchFolders.Where(folder => folder.Length > 0)) is { } found ? RealPath(found) : null;
    }

    private static IEnumerable<string> Folders(IReadOnlyList<string> command)
    {
        // Node brings its own libraries in a folder beside bin; below /usr every sandbox shows it.
        if (command.Count > 1 && !command[0].StartsWith("/usr/", StringComparison.Ordinal))
            yield return Path.GetDirectoryName(Path.GetDirectoryName(command[0]))!;

        // A package's dependencies lie beside it or in it: the outermost node_modules holds them all.
        string program = command[^1];
        int modules = program.IndexOf("/node_modules/", StringComparison.Ordinal);
        yield return modules < 0 ? Path.GetDirectoryName(program)! : program[..(modules + "/node_modules".Length)];
    }

    private static string RealPath(string path) =>
        new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);

    private static bool IsNodeScript(string program)
    {
        if (Path.GetExtension(program) is ".js" or ".mjs" or ".cjs")
            return true;
        Span<byte> head = stackalloc byte[64];
        using var file = File.OpenRead(program);
        var first = head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        return first.StartsWith("#!"u8) && first.IndexOf((byte)'\n') is var end && (end < 0 ? first : first[..end]).IndexOf("node"u8) >= 0;
    }

    private static string? FindPackageVersion(string program)
    {
        for (var folder = Path.GetDirectoryName(program); folder is not null && Path.GetFileName(folder) != "node_modules"; folder = Path.GetDirectoryName(folder))
        {
            var manifest = new FileInfo(Path.Combine(folder, "package.json"));
            if (!manifest.Exists || manifest.Length > ManifestBytesMax)
                continue;
            try
            {
                if (JsonElement.Parse(File.ReadAllBytes(manifest.FullName)).FindText("version") is { } version)
                    return version;
            }
            catch (JsonException)
            {
                return null;
            }
        }

        return null;
    }
}
