namespace Offstage.Agents.ClaudeCode;

public sealed record ClaudeOptions
{
    /// <summary>The program on the host: npm's <c>claude</c>, or the native program. Null: searched in <see cref="SearchFolders"/>.</summary>
    public string? Program { get; init; }

    /// <summary>Where to look for <c>claude</c>, in order: usually the PATH.</summary>
    public IReadOnlyList<string> SearchFolders { get; init; } = [];

    /// <summary>The model endpoint, without <c>/v1</c>. Null: Anthropic's own.</summary>
    public string? BaseUrl { get; init; }

    /// <summary>
    /// Tools that the model is not offered. Default: those that leave the workspace or the mode that the person chose, and those
    /// that wake Claude later, when no turn runs.
    /// </summary>
    public IReadOnlyList<string> DisallowedTools { get; init; } =
        ["EnterPlanMode", "EnterWorktree", "ExitWorktree", "CronCreate", "CronDelete", "CronList", "ScheduleWakeup", "Workflow"];

    /// <summary>Further settings, as the program's environment: <c>MAX_THINKING_TOKENS</c>, <c>CLAUDE_CODE_MAX_OUTPUT_TOKENS</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>How long the program may take until its conversation is open. Default 60 s.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(60);
}
