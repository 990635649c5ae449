namespace Offstage.Shell.Expansion;

/// <summary>What a parameter has before its operator is applied.</summary>
internal abstract record ParameterValue
{
    private ParameterValue() { }

    /// <param name="Text">Null when it is unset.</param>
    public sealed record Single(string? Text) : ParameterValue;

    /// <param name="IsJoined">Whether it was asked for with <c>*</c>.</param>
    /// <param name="Indexes">Of an indexed array; null otherwise.</param>
    public sealed record Many(List<string> Items, bool IsJoined, List<long>? Indexes = null) : ParameterValue;
}
