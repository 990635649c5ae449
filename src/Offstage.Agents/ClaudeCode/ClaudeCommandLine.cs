using Offstage.Contracts;
using Offstage.Sandboxes;

namespace Offstage.Agents.ClaudeCode;

/// <summary>How Claude Code is started in a sandbox.</summary>
internal static class ClaudeCommandLine
{
    /// <param name="sessionId">A new conversation's name; ignored when one is resumed.</param>
    public static ProcessSpec Build(string program, ClaudeOptions options, AgentStart start, string sessionId)
    {
        List<string> command =
        [
            program, "-p", "--input-format", "stream-json", "--output-format", "stream-json", "--verbose",
            "--include-partial-messages", "--replay-user-messages", "--permission-prompt-tool", "stdio",
            "--permission-mode", ModeOf(start.Mode),
        ];
        command.AddRange(start.Cursor is { } cursor ? ["--resume", cursor.Value] : ["--session-id", sessionId]);
        if (start.Model is { } model)
            command.Add($"--model={model}");
        if (start.Effort is { } effort)
            command.Add($"--effort={effort}");
        if (options.DisallowedTools.Count > 0)
            command.Add($"--disallowedTools={string.Join(',', options.DisallowedTools)}");
        return new ProcessSpec { Command = command, WorkingDirectory = start.WorkspacePath, Environment = EnvironmentOf(options, start) };
    }

    /// <summary>
    /// Claude's own mode. It asks for everything but looking, and the answers come from us by the person's mode: its
    /// <c>bypassPermissions</c> refuses to run as root, and once it is allowed, <c>plan</c> changes files (2.1.197).
    /// </summary>
    public static string ModeOf(AgentMode mode) => mode == AgentMode.Plan ? "plan" : "default";

    private static Dictionary<string, string> EnvironmentOf(ClaudeOptions options, AgentStart start)
    {
        var environment = new Dictionary<string, string>(start.Environment)
        {
            ["HOME"] = start.HomePath,

            // Nothing but the model: no updates, no reports, no lists of plugins.
            ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1",
            ["DISABLE_AUTOUPDATER"] = "1",
            ["DISABLE_TELEMETRY"] = "1",
            ["DISABLE_ERROR_REPORTING"] = "1",
            ["DISABLE_INSTALLATION_CHECKS"] = "1",
            ["CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL"] = "1",

            // It says when it rests, which ends a turn for sure.
            ["CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS"] = "1",

            // What works on in the background wakes Claude after its turn, for a turn that nobody asked for.
            ["CLAUDE_CODE_DISABLE_BACKGROUND_TASKS"] = "1",
        };
        if (options.BaseUrl is { } url)
            environment["ANTHROPIC_BASE_URL"] = url;
        foreach (var (key, value) in options.Settings)
            environment[key] = value;
        return environment;
    }
}
