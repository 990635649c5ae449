namespace Offstage.Shell.Commands.Sed;

/// <summary>A script that is none.</summary>
/// <param name="message">With the place, after <c>sed: </c>.</param>
internal sealed class SedSyntaxException(string message) : Exception(message);
