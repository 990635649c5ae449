namespace Offstage.Shell.Commands.Sed;

/// <summary>How one call of sed reads and prints.</summary>
/// <param name="Quiet">With -n: only what is asked for is printed.</param>
/// <param name="Separate">With -s or -i: each file has its own lines and its own last one.</param>
/// <param name="LineLength">Where <c>l</c> folds.</param>
internal sealed record SedSettings(bool Quiet, bool Separate, bool Posix, bool Utf8, bool Unbuffered, byte Terminator, int LineLength);
