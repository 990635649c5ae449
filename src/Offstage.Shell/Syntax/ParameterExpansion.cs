namespace Offstage.Shell.Syntax;

internal enum ParameterOperator
{
    None,
    UseDefault,
    AssignDefault,
    FailIfUnset,
    UseAlternative,
    RemoveShortestPrefix,
    RemoveLongestPrefix,
    RemoveShortestSuffix,
    RemoveLongestSuffix,
    ReplaceFirst,
    ReplaceAll,
    ReplacePrefix,
    ReplaceSuffix,
    Substring,
    UpperFirst,
    UpperAll,
    LowerFirst,
    LowerAll,
    ToggleFirst,
    ToggleAll,
    Transform,

    /// <summary><c>${!prefix*}</c>; the parameter's name is the prefix.</summary>
    NamesWithPrefixJoined,
    NamesWithPrefix,
}

/// <summary>A parameter expansion.</summary>
internal sealed class ParameterExpansion
{
    /// <summary>A variable's name, a number, or one of <c>@*#?-$!</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Null when there is none. <c>@</c> and <c>*</c> alone mean all elements.</summary>
    public Word? Subscript { get; init; }

    /// <summary><c>${#name}</c>.</summary>
    public bool IsLength { get; init; }

    /// <summary><c>${!name}</c>; with a subscript of all elements and no operator, the array's keys.</summary>
    public bool IsIndirect { get; init; }

    public ParameterOperator Operator { get; init; }

    /// <summary>Whether the operator has its colon: the parameter's being empty counts as its being unset.</summary>
    public bool CountsEmpty { get; init; }

    /// <summary>The operator's word, pattern or offset; of <see cref="ParameterOperator.Transform"/> its letter.</summary>
    public Word Argument { get; init; } = Word.Empty;

    /// <summary>The replacement, or the length of a substring; null when absent.</summary>
    public Word? Second { get; init; }

    public ArithmeticPair? Bounds { get; init; }

    /// <summary>As written.</summary>
    public required string Source { get; init; }

    public bool IsAllElements => Subscript is { Text: "@" or "*" };

    /// <summary>Whether it stands for the positional parameters.</summary>
    public bool IsAllPositional => Name is "@" or "*";

    public bool IsJoined => Name == "*" || Subscript is { Text: "*" };
}

/// <summary>Offset and length of a substring.</summary>
internal sealed record ArithmeticPair(Expansion.ArithmeticSource Offset, Expansion.ArithmeticSource? Length);
