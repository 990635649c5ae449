namespace Offstage.Shell.Execution;

/// <summary>What a command asks of those that stand around it.</summary>
internal enum Flow
{
    None,
    Break,
    Continue,
    Return,
    Exit,
}

/// <summary>A function or sourced file under way.</summary>
/// <param name="Function">The function's name; <c>source</c> for a file.</param>
/// <param name="Source">The file whose commands run.</param>
/// <param name="CallLine">The line from which it was called.</param>
internal sealed record CallFrame(string Function, string Source, int CallLine);
