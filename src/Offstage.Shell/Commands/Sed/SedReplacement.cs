using Offstage.Shell.Commands.Text;
using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Sed;

/// <summary>The right side of <c>s</c>.</summary>
internal sealed class SedReplacement(IReadOnlyList<SedReplacement.Part> parts)
{
    public int GroupMax { get; } = parts.Select(p => p.Group).DefaultIfEmpty(0).Max();

    private readonly bool changesCase = parts.Any(p => p.Case != CaseChange.GoOn || p.First != CaseChange.GoOn);

    public enum CaseChange
    {
        Keep,
        Upper,
        Lower,

        /// <summary>What was set before goes on.</summary>
        GoOn,
    }

    /// <param name="Literal">Bytes that stand for themselves; empty for a group or a change of case.</param>
    /// <param name="Group">-1 for none, 0 for the whole match.</param>
    /// <param name="Case">From here on.</param>
    /// <param name="First">Of the next character only.</param>
    public sealed record Part(byte[] Literal, int Group, CaseChange Case, CaseChange First);

    public void Append(ByteText target, ReadOnlySpan<byte> text, ReadOnlySpan<Group> groups)
    {
        var mode = CaseChange.Keep;
        var first = CaseChange.Keep;
        foreach (var part in parts)
        {
            if (changesCase)
            {
                if (part.Case != CaseChange.GoOn) mode = part.Case;
                if (part.First != CaseChange.GoOn) first = part.First;
            }

            int from = target.Length;
            target.Append(part.Literal);
            if (part.Group >= 0 && groups[part.Group].IsPresent) target.Append(text[groups[part.Group].Start..groups[part.Group].End]);
            if (!changesCase || target.Length == from) continue;
            Convert(target.Writable[from..], mode);
            if (first == CaseChange.Keep) continue;
            Convert(target.Writable.Slice(from, 1), first);
            first = CaseChange.Keep;
        }
    }

    private static void Convert(Span<byte> bytes, CaseChange change)
    {
        if (change == CaseChange.Upper) System.Text.Ascii.ToUpperInPlace(bytes, out _);
        else if (change == CaseChange.Lower) System.Text.Ascii.ToLowerInPlace(bytes, out _);
    }
}
