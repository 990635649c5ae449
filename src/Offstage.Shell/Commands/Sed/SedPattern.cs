using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Sed;

/// <summary>A regular expression of a script.</summary>
/// <param name="Regex">Null for the empty one, which is the last one used.</param>
internal sealed record SedPattern(PosixRegex? Regex);
