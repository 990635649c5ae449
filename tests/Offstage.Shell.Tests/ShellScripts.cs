using System.Text;

namespace Offstage.Shell.Tests;

/// <summary>Runs a script over an empty tree and tells what came of it.</summary>
internal static class ShellScripts
{
    public static (string Output, string Error, int Status) Run(string script, CommandRegistry? commands = null, ShellLimits? limits = null)
    {
        var tree = new MemoryFileTree(TimeProvider.System);
        foreach (string directory in (string[])["/w", "/home", "/tmp"]) tree.MakeDirectory(directory, 0b111_101_101);
        using var shell = new BashShell(new ShellSettings
        {
            Files = tree,
            Time = TimeProvider.System,
            Commands = commands ?? CommandRegistry.Standard,
            WorkingDirectory = "/w",
            Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["HOME"] = "/home" },
            Limits = limits ?? new ShellLimits { WallTime = TimeSpan.FromSeconds(30) },
        });
        var output = new StringBuilder();
        var error = new StringBuilder();
        ExitStatus status = shell.Run(new ShellRun
        {
            Script = Encoding.UTF8.GetBytes(script),
            Output = bytes => output.Append(Encoding.UTF8.GetString(bytes.Span)),
            Error = bytes => error.Append(Encoding.UTF8.GetString(bytes.Span)),
        }, TestContext.Current.CancellationToken);
        return (output.ToString(), status.Stop is { } stop ? stop.Message : error.ToString(), status.Code);
    }
}
