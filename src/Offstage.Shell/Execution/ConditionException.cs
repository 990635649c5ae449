namespace Offstage.Shell.Execution;

/// <summary>A test that cannot be evaluated: status 2.</summary>
/// <param name="message">Empty when nothing is to be told.</param>
internal sealed class ConditionException(string message) : Exception(message);
