namespace Offstage.Shell.Commands.Awk;

/// <summary>A program ready to run.</summary>
/// <param name="GlobalNames">By slot.</param>
/// <param name="Warnings">What is odd about it, and where.</param>
internal sealed record AwkProgram(
    AwkStatement[] Begin, AwkStatement[] End, AwkStatement[] BeginFile, AwkStatement[] EndFile, AwkRule[] Rules, Dictionary<string, AwkFunction> Functions, List<string> GlobalNames,
    List<(int Line, string Message)> Warnings)
{
    public bool ReadsInput => Rules.Length > 0 || End.Length > 0 || BeginFile.Length > 0 || EndFile.Length > 0;
}

/// <param name="First">Null for every record.</param>
/// <param name="Last">The end of a range; null for none.</param>
/// <param name="Index">Where the runtime remembers whether the range has begun.</param>
internal sealed record AwkRule(AwkExpression? First, AwkExpression? Last, AwkStatement Body, int Index);

internal sealed class AwkFunction(string name, string[] parameters)
{
    public string Name => name;

    public string[] Parameters => parameters;

    public AwkStatement Body { get; set; } = new AwkBlock([]);
}

internal enum AwkSpecialName
{
    NF,
    NR,
    FNR,
    FS,
    OFS,
    RS,
    ORS,
    SUBSEP,
    CONVFMT,
    OFMT,
    IGNORECASE,
    FIELDWIDTHS,
    FPAT,
}
