namespace Offstage.Agents.ClaudeCode;

/// <summary>A prompt that was handed over and that Claude does not work on yet.</summary>
internal sealed record ClaudePrompt(string Uuid)
{
    public TaskCompletionSource Confirmed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
