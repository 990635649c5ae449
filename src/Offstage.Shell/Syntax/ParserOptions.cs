namespace Offstage.Shell.Syntax;

/// <summary>What the state of a shell changes in the grammar.</summary>
/// <param name="ExtendedGlob">Whether <c>?(…)</c> and its kin are patterns in words.</param>
/// <param name="Aliases">Null when none are expanded.</param>
internal sealed record ParserOptions(bool ExtendedGlob, IReadOnlyDictionary<string, string>? Aliases = null, bool Posix = false)
{
    public static readonly ParserOptions Default = new(false);
}
