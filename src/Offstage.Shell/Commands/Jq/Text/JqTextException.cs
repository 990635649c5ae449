namespace Offstage.Shell.Commands.Jq;

/// <summary>A JSON text that is none.</summary>
internal sealed class JsonSyntaxException(string message) : Exception(message);

/// <summary>A value would be larger than any may be.</summary>
internal sealed class JqMemoryException() : Exception("the value is too large");
