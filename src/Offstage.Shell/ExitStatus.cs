namespace Offstage.Shell;

/// <summary>How a run ended.</summary>
/// <param name="Code">0 to 255; 137 when the run was stopped from outside.</param>
/// <param name="Stop">Why it was stopped; null when the script came to its end by itself.</param>
public readonly record struct ExitStatus(int Code, ShellStop? Stop = null);
