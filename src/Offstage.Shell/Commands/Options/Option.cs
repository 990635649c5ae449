namespace Offstage.Shell;

public enum OptionArgument
{
    None,
    Required,

    /// <summary>Only as <c>--name=value</c>, or joined to the short letter.</summary>
    Optional,
}

/// <summary>One option of a command.</summary>
/// <param name="Letter">The short form; <c>'\0'</c> for none.</param>
/// <param name="LongName">The long form without dashes; null for none.</param>
/// <param name="Help">What <c>--help</c> says of it.</param>
/// <param name="ArgumentName">As shown in help, for instance <c>NUM</c>.</param>
public sealed record Option(char Letter, string? LongName, string Help, OptionArgument Argument = OptionArgument.None, string ArgumentName = "ARG")
{
    /// <summary>The letter where there is one, otherwise the long name: what a command switches on.</summary>
    public string Key => Letter != '\0' ? Letter.ToString() : LongName!;
}

/// <summary>An option as it was given, in order.</summary>
/// <param name="Value">Null when it has no argument.</param>
public readonly record struct GivenOption(Option Option, string? Value)
{
    public string Key => Option.Key;
}
