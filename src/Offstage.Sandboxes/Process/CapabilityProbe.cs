using Offstage.Processes;

namespace Offstage.Sandboxes.Process;

/// <summary>Finds out what this machine lets the driver enforce, by trying it.</summary>
internal static class CapabilityProbe
{
    public const string HowToGetBubblewrap =
        "Sandboxes need bubblewrap: install it (Debian, Ubuntu: apt install bubblewrap; Fedora: dnf install bubblewrap), or say --sandbox none to run without walls";

    public static async Task<SandboxCapabilities> RunAsync(
        string? bubblewrap, Cgroups cgroups, ProcessRunner runner, CancellationToken cancellationToken)
    {
        string? unusable = bubblewrap is null ? HowToGetBubblewrap : await TryAsync(bubblewrap, runner, cancellationToken).ConfigureAwait(false);
        bool isWalled = unusable is null;
        return new SandboxCapabilities
        {
            IsolatesFiles = isWalled,
            IsolatesNetwork = isWalled,
            LimitsMemory = cgroups.LimitsMemory,
            LimitsProcesses = cgroups.LimitsProcesses,
            Unusable = unusable,
            Notes =
            [
                isWalled ? $"Files, processes and network are walled off by {bubblewrap}." : "Without bubblewrap only --sandbox none runs, with no walls at all.",
                cgroups.Description,
            ],
        };
    }

    private static async Task<string?> TryAsync(string bubblewrap, ProcessRunner runner, CancellationToken cancellationToken)
    {
        try
        {
            RunResult result = await runner.RunAsync(
                new RunSpec
                {
                    Child = new ChildSpec
                    {
                        Program = bubblewrap,
                        Arguments = ["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--", "/bin/true"],
                    },
                    Timeout = TimeSpan.FromSeconds(10),
                },
                cancellationToken).ConfigureAwait(false);
            return result.ExitCode == 0
                ? null
                : $"{bubblewrap} does not work here ({result.StandardError.Trim()}). Allow unprivileged user namespaces (kernel.unprivileged_userns_clone, AppArmor's userns restriction), or say --sandbox none to run without walls";
        }
        catch (ProcessStartException absent)
        {
            return $"{absent.Message}. {HowToGetBubblewrap}";
        }
    }
}
