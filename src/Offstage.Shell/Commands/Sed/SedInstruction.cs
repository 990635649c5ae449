namespace Offstage.Shell.Commands.Sed;

/// <summary>A command of a script with its addresses. Blocks are jumps: their commands stand in one list.</summary>
internal sealed class SedInstruction
{
    public required char Command { get; init; }

    /// <summary>Where it stands in the script, for messages.</summary>
    public int Start { get; init; }

    public SedAddress? First { get; init; }

    public SedAddress? Second { get; init; }

    /// <summary>With <c>!</c>: for the lines that are not addressed.</summary>
    public bool Negated { get; init; }

    /// <summary>Of <c>a i c</c>, with its last newline.</summary>
    public byte[] Text { get; set; } = [];

    /// <summary>A label, a file, or the command of <c>e</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary>Where <c>b t T {</c> go: an index, one past the last for the end.</summary>
    public int Target { get; set; } = -1;

    /// <summary>Of <c>q Q l</c>; -1 when absent.</summary>
    public int Number { get; set; } = -1;

    public SedSubstitution? Substitution { get; set; }

    /// <summary>Of <c>y</c>: what each byte becomes.</summary>
    public byte[]? Map { get; set; }
}
