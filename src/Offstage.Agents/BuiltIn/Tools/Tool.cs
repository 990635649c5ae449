using Offstage.Agents.BuiltIn.Models;

namespace Offstage.Agents.BuiltIn.Tools;

/// <summary>Something the model can do. It tells its own item and asks for its own approval.</summary>
internal abstract class Tool
{
    public abstract ToolSpec Spec { get; }

    public abstract ToolNature Nature { get; }

    /// <exception cref="ToolArgumentException">The model gave what the tool cannot work with.</exception>
    /// <exception cref="Sandboxes.SandboxException">The sandbox could not start what the tool needs.</exception>
    public abstract Task<ToolOutcome> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellationToken);
}

internal enum ToolNature
{
    /// <summary>Looks and changes nothing: several at a time.</summary>
    Looks,

    /// <summary>Speaks to the person, and touches nothing in the sandbox.</summary>
    Tells,

    Changes,
    Runs,
}

/// <summary>What the model is told.</summary>
/// <param name="IsError">The call did not do what was asked: the same again would not either.</param>
internal sealed record ToolOutcome(string Text, bool IsError = false)
{
    public static ToolOutcome Declined(string what) => new($"The person declined {what}. Do not try it again; go on without it, or ask.", IsError: true);
}

internal sealed class ToolArgumentException(string message) : Exception(message);
