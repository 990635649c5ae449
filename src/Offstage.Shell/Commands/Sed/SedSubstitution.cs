using Offstage.Shell.Commands.Text;
using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Sed;

/// <summary>The command <c>s</c>.</summary>
/// <param name="Occurrence">The first match that is replaced, from 1.</param>
/// <param name="All">And all matches after it.</param>
/// <param name="Execute">Whether a changed line is run as a command.</param>
/// <param name="File">Where a changed line is also written; null for nowhere.</param>
internal sealed record SedSubstitution(SedPattern Pattern, SedReplacement Replacement, int Occurrence, bool All, bool Print, bool Execute, string? File)
{
    /// <summary>How many groups a match has, with the whole match.</summary>
    public const int GroupCount = 10;

    /// <summary>Replaces in a text.</summary>
    /// <param name="regex">The one of the pattern, or what an empty one stands for.</param>
    /// <param name="built">Becomes the new text.</param>
    /// <param name="groups">Room for <see cref="GroupCount"/>.</param>
    /// <returns>False when nothing matches; <paramref name="built"/> is untouched then.</returns>
    public bool TryReplace(CommandContext context, PosixRegex regex, ReadOnlySpan<byte> text, ByteText built, Group[] groups, bool utf8)
    {
        var found = groups.AsSpan(0, Math.Max(1, Math.Min(9, Math.Min(regex.GroupCount, Replacement.GroupMax)) + 1));
        if (Replacement.GroupMax >= found.Length) groups.AsSpan(found.Length).Fill(Group.Absent);
        int start = 0, copied = 0, count = 0, previousEnd = -1;
        bool changed = false;
        while (start <= text.Length && regex.Match(text, start, found, context.Interruption.Token))
        {
            var match = found[0];
            bool empty = match.Length == 0;
            // An empty match right behind the match before is none.
            if (!(empty && match.Start == previousEnd) && ++count >= Occurrence)
            {
                if (!changed) built.Clear();
                changed = true;
                built.Append(text[copied..match.Start]);
                Replacement.Append(built, text, groups);
                copied = match.End;
                if (!All) break;
            }

            previousEnd = match.End;
            start = empty ? match.End + CharacterLength(text, match.End, utf8) : match.End;
            if ((count & 0xFF) == 0xFF) context.Check();
        }

        if (changed) built.Append(text[copied..]);
        return changed;
    }

    private static int CharacterLength(ReadOnlySpan<byte> text, int at, bool utf8)
    {
        if (!utf8 || at >= text.Length || text[at] < 0x80) return 1;
        System.Text.Rune.DecodeFromUtf8(text[at..], out _, out int length);
        return length;
    }
}
