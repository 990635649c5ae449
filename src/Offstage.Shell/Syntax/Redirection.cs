namespace Offstage.Shell.Syntax;

internal enum RedirectionKind
{
    Input,
    Output,
    Append,
    Clobber,
    ReadWrite,
    DuplicateInput,
    DuplicateOutput,
    OutputAndError,
    AppendOutputAndError,
    HereDocument,
    HereString,
}

/// <param name="Descriptor">As written; null for the kind's own.</param>
/// <param name="Variable">The name in <c>{name}&gt;file</c>; null without.</param>
/// <param name="Target">The file, the descriptor to duplicate, or the delimiter of a here-document as written.</param>
internal sealed record Redirection(int? Descriptor, string? Variable, RedirectionKind Kind, Word Target)
{
    public HereDocument? Document { get; set; }

    public int DefaultDescriptor => Kind is RedirectionKind.Input or RedirectionKind.ReadWrite or RedirectionKind.DuplicateInput
        or RedirectionKind.HereDocument or RedirectionKind.HereString ? 0 : 1;
}

/// <param name="Body">One double-quoted part, or one quoted part when the delimiter was quoted.</param>
/// <param name="Source">The lines as written, after tabs were taken away.</param>
internal sealed record HereDocument(Word Body, string Source, string Delimiter, bool StripsTabs);
