namespace Offstage.Shell.Commands.Sed;

/// <summary>A script that is none.</summary>
/// <param name="message">With the place, after <c>sed: </c>.</param>
internal sealed class SedSyntaxException(string message, int status = 1) : Exception(message)
{
    public int Status => status;
}
