namespace Offstage.Shell.Commands.Grep;

/// <summary>How one call of grep reads and prints.</summary>
internal sealed record GrepSettings
{
    public bool Invert { get; init; }

    public bool OnlyMatching { get; init; }

    public bool Count { get; init; }

    /// <summary>Print names of files with (true) or without (false) a selected line instead of lines; null for lines.</summary>
    public bool? ListFiles { get; init; }

    public bool Quiet { get; init; }

    public bool Silent { get; init; }

    public bool WithName { get; init; }

    public bool LineNumbers { get; init; }

    public bool ByteOffsets { get; init; }

    public bool InitialTab { get; init; }

    public bool NullAfterName { get; init; }

    public bool Color { get; init; }

    public byte Terminator { get; init; } = (byte)'\n';

    /// <summary>Selected lines after which a file is done; <see cref="long.MaxValue"/> for no bound.</summary>
    public long SelectedMax { get; init; } = long.MaxValue;

    public int Before { get; init; }

    public int After { get; init; }

    public bool HasContext { get; init; }

    /// <summary>Written between groups of lines; null for nothing.</summary>
    public string? GroupSeparator { get; init; } = "--";

    public BinaryFiles Binary { get; init; }

    public string Label { get; init; } = "(standard input)";

    /// <summary>Whether the first selected line answers all that is asked of a file.</summary>
    public bool FirstIsEnough => Quiet || ListFiles is not null;
}

internal enum BinaryFiles
{
    /// <summary>Said in one line.</summary>
    Message,
    Text,
    WithoutMatch,
}
