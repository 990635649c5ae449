using System.Globalization;
using Offstage.Contracts;
using Offstage.Sandboxes;
using Offstage.Sessions.Effects;
using Offstage.Sessions.EventLog;
using Offstage.Sessions.Lifecycle;

namespace Offstage.Sessions.Api;

/// <summary>Sessions that were given the same task, side by side. Nothing of it is kept: asked again, it is looked at again.</summary>
public sealed class SiblingComparison(SessionLog log, ISandboxDriver driver, IWorkspaces workspaces)
{
    private const int CommandMax = 2_000;
    private const int OutputMax = 4_000;
    private const long TestTimeoutMaxMs = 3_600_000;

    private static readonly TimeSpan TestTimeout = TimeSpan.FromMinutes(10);

    public async Task<ComparisonView> CompareAsync(SessionState one, CompareBody body, CancellationToken cancellationToken)
    {
        if (one.Setup.Siblings is not { } siblings)
            throw new ApiProblemException(409, "no_siblings", "The session was not made with others to choose from.");
        if (body.TestCommand is { } command && (string.IsNullOrWhiteSpace(command) || command.Length > CommandMax || command.Contains('\0', StringComparison.Ordinal)))
            throw ApiProblemException.Invalid("invalid_command", $"The test command has 1 to {CommandMax} characters.");
        if (body.TestTimeoutMs is { } limit && limit is < 1 or > TestTimeoutMaxMs)
            throw ApiProblemException.Invalid("invalid_limit", $"'testTimeoutMs' is from 1 to {TestTimeoutMaxMs}.");

        // One after the other: tests that run side by side would measure each other.
        var views = new List<SiblingView>(siblings.Count);
        foreach (var sibling in siblings)
            views.Add(await LookAsync(sibling, body, cancellationToken));
        return new ComparisonView(views);
    }

    private async Task<SiblingView> LookAsync(SessionId id, CompareBody body, CancellationToken cancellationToken)
    {
        if (await log.FindAsync(id, cancellationToken) is not { } s)
            return new SiblingView(id, null, null, null, null, 0, 0, null, null, null, null);
        return new SiblingView(
            id, s.Status.Name, s.Choice.Agent, s.Choice.Model, (s.Status as SessionStatus.Idle)?.Last, s.TurnCount, s.WorkedMs, s.Usage.Session,
            (s.Setup.Workspace as Workspace.Repository)?.Branch,
            await SizeAsync(s, cancellationToken),
            body.TestCommand is { } command ? await TestAsync(s, command, body.TestTimeoutMs, cancellationToken) : null);
    }

    private async Task<DiffSizeView?> SizeAsync(SessionState s, CancellationToken cancellationToken)
    {
        if (s.LatestCheckpoint is not { } latest)
            return null;
        try
        {
            var diff = await workspaces.DiffAsync(s, CheckpointNumber.Baseline, latest, cancellationToken);
            return new DiffSizeView(diff.Files.Count, diff.Files.Sum(f => f.Additions ?? 0), diff.Files.Sum(f => f.Deletions ?? 0));
        }
        catch (WorkspaceException)
        {
            // The repository is not where it was: what else is known of the session is told all the same.
            return null;
        }
    }

    private async Task<TestView> TestAsync(SessionState s, string command, long? timeoutMs, CancellationToken cancellationToken)
    {
        if (s.Status.ActiveTurn is not null)
            return NotRun("Its turn is not over yet.");
        if (s.Sandbox is not (SandboxHold.Ready or SandboxHold.Stopped) || s.Sandbox.Sandbox is not { } sandbox)
            return NotRun("It has no workspace at present.");
        try
        {
            var info = (await driver.ListAsync(cancellationToken)).FirstOrDefault(i => i.Sandbox == sandbox);
            if (info?.InnerWorkspacePath is not { } folder)
                return NotRun("Its sandbox is not on this host.");
            var result = await driver.ExecAsync(
                sandbox,
                new ExecSpec
                {
                    Process = new ProcessSpec { Command = ["bash", "-c", command], WorkingDirectory = folder },
                    Timeout = timeoutMs is { } given ? TimeSpan.FromMilliseconds(given) : TestTimeout,
                },
                cancellationToken);
            return new TestView(
                result.TimedOut ? null : result.ExitCode, result.TimedOut, (long)result.Elapsed.TotalMilliseconds, Tail(result.StandardOutput + result.StandardError), null);
        }
        catch (SandboxException e)
        {
            return NotRun(e.Message);
        }
    }

    private static TestView NotRun(string why) => new(null, false, 0, "", why);

    private static string Tail(string text)
        => text.Length <= OutputMax ? text : string.Create(CultureInfo.InvariantCulture, $"({text.Length - OutputMax} characters before this)\n{text[^OutputMax..]}");
}
