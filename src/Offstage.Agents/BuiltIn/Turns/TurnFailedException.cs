namespace Offstage.Agents.BuiltIn.Turns;

/// <summary>The turn ends as failed. <see cref="Code"/> is stable.</summary>
internal sealed class TurnFailedException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
