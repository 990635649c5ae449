namespace Offstage.Shell.Commands.Sed;

/// <summary>One address of a command.</summary>
internal abstract record SedAddress
{
    private SedAddress()
    {
    }

    /// <param name="Number">0 only as the first of a range whose second is a pattern.</param>
    public sealed record Line(long Number) : SedAddress;

    public sealed record Step(long First, long Every) : SedAddress;

    public sealed record Last : SedAddress;

    public sealed record Pattern(SedPattern Regex) : SedAddress;

    /// <summary>As the second: so many lines after the first.</summary>
    public sealed record After(long Count) : SedAddress;

    /// <summary>As the second: up to the next line whose number is a multiple.</summary>
    public sealed record UpToMultiple(long Of) : SedAddress;
}
