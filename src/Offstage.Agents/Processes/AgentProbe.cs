using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Offstage.Processes;

namespace Offstage.Agents.Processes;

/// <summary>
/// Asks programs on the host for their version. An answer is kept for as long as the file is the same: agents are looked at before each
/// start, and some take half a second to say it.
/// </summary>
public sealed partial class AgentProbe(ProcessRunner runner)
{
    /// <summary>Generous: a large program that is not in the file cache takes its time.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, (DateTime ChangedAt, long Size, string Version)> known = new(StringComparer.Ordinal);

    /// <param name="program">Absolute path. Run with an empty environment but a PATH, in the root folder.</param>
    /// <returns>The first thing in its answer that looks like a version; null when there is none.</returns>
    public async Task<string?> ReadVersionAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var file = new FileInfo(new FileInfo(program).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? program);
        if (!file.Exists)
            return null;
        if (known.TryGetValue(program, out var seen) && seen.ChangedAt == file.LastWriteTimeUtc && seen.Size == file.Length)
            return seen.Version;
        try
        {
            var child = new ChildSpec
            {
                Program = program,
                Arguments = arguments,
                Environment = new Dictionary<string, string> { ["PATH"] = "/usr/local/bin:/usr/bin:/bin" },
            };
            var result = await runner.RunAsync(new RunSpec { Child = child, Timeout = Limit, OutputBytesMax = 4096 }, cancellationToken);
            if (result.TimedOut || result.ExitCode != 0 || VersionPattern().Match(result.StandardOutput) is not { Success: true, Value: var version })
                return null;
            known[program] = (file.LastWriteTimeUtc, file.Length, version);
            return version;
        }
        catch (ProcessStartException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\d+(\.\d+)+[\w.+-]*")]
    private static partial Regex VersionPattern();
}
