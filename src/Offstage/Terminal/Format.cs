using System.Globalization;
using Offstage.Contracts;

namespace Offstage.Terminal;

/// <summary>Numbers and names as people read them.</summary>
internal static class Format
{
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalMilliseconds: < 1000 } => $"{(long)time.TotalMilliseconds} ms",
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        { TotalMinutes: < 60 } => $"{(int)time.TotalMinutes} min {time.Seconds} s",
        _ => $"{(int)time.TotalHours} h {time.Minutes} min",
    };

    public static string Ago(TimeSpan time) => time switch
    {
        { TotalSeconds: < 60 } => "just now",
        { TotalMinutes: < 60 } => $"{(int)time.TotalMinutes} min ago",
        { TotalHours: < 24 } => $"{(int)time.TotalHours} h ago",
        _ => $"{(int)time.TotalDays} d ago",
    };

    public static string Files(int count) => count == 1 ? "1 file" : $"{count} files";

    public static string Tokens(long? count) => count switch
    {
        null => "?",
        < 1000 => count.Value.ToString(CultureInfo.InvariantCulture),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{count.Value / 1000.0:0.#}k"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{count.Value / 1e6:0.##}M"),
    };

    public static string Status(Screen screen, string status) => status switch
    {
        "running" or "provisioning" => screen.Cyan(status),
        "awaiting_input" or "stopping" => screen.Yellow(status),
        "failed" => screen.Red(status),
        "idle" => screen.Green(status),
        _ => screen.Dim(status),
    };

    public static string Outcome(TurnOutcome outcome) => outcome switch
    {
        TurnOutcome.Completed => "completed",
        TurnOutcome.Failed failed => $"failed: {CleanText.OneLine(failed.Failure.Message, 1000)} [{failed.Failure.Code}]",
        TurnOutcome.Interrupted { Reason: "stopped" } => "stopped",
        TurnOutcome.Interrupted interrupted => $"interrupted: {interrupted.Reason}",
        _ => "over",
    };

    public static string Workspace(Workspace workspace) => workspace switch
    {
        Contracts.Workspace.Repository r => r.Ref is null ? r.Location : $"{r.Location} at {r.Ref}",
        _ => "no repository",
    };

    public static string Sandbox(SandboxSetup sandbox)
        => sandbox.Isolation == SandboxIsolation.None
            ? "none"
            : $"process sandbox, network {(sandbox.Network == SandboxNetwork.None ? "none" : "full")}";
}
