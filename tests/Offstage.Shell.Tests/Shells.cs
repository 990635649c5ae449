using System.Text;

namespace Offstage.Shell.Tests;

/// <summary>Shells over memory for tests.</summary>
internal static class Shells
{
    public static ShellSettings Settings(MemoryFileTree? tree = null, ShellLimits? limits = null) => new()
    {
        Files = tree ?? Tree(),
        Time = TimeProvider.System,
        WorkingDirectory = "/w",
        Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["HOME"] = "/home" },
        Limits = limits ?? new ShellLimits { WallTime = TimeSpan.FromSeconds(20) },
    };

    public static MemoryFileTree Tree()
    {
        var tree = new MemoryFileTree(TimeProvider.System);
        foreach (string directory in (string[])["/w", "/home", "/tmp"])
            tree.MakeDirectory(directory, 0b111_101_101);
        return tree;
    }

    public static (ExitStatus Status, string Output, string Error) Run(string script, ShellLimits? limits = null, CommandRegistry? commands = null)
    {
        using var shell = new BashShell(Settings(limits: limits) with { Commands = commands ?? CommandRegistry.Standard });
        return Run(shell, script);
    }

    public static (ExitStatus Status, string Output, string Error) Run(BashShell shell, string script)
    {
        var output = new StringBuilder();
        var error = new StringBuilder();
        ExitStatus status = shell.Run(new ShellRun
        {
            Script = Encoding.Latin1.GetBytes(script),
            Output = b => output.Append(Encoding.Latin1.GetString(b.Span)),
            Error = b => error.Append(Encoding.Latin1.GetString(b.Span)),
        }, TestContext.Current.CancellationToken);
        return (status, output.ToString(), error.ToString());
    }
}
