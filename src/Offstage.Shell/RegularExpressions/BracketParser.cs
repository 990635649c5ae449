using System.Buffers;
using System.Text;

namespace Offstage.Shell.RegularExpressions;

/// <summary>Reads a bracket expression, from after its <c>[</c>.</summary>
internal sealed class BracketParser(byte[] pattern, int start, RegexSyntax syntax, PosixRegexOptions options)
{
    private const string Unmatched = "Unmatched [, [^, [:, [., or [=";

    private readonly bool utf8 = (options & PosixRegexOptions.Utf8) != 0;
    private readonly List<(int First, int Last)> members = [];
    private int at = start;

    public CharacterSet Parse(out int end)
    {
        bool negated = Take('^');
        bool first = true;
        while (true)
        {
            if (at >= pattern.Length) throw new PosixRegexException(Unmatched);
            if (!first && Take(']')) break;
            first = false;
            Member();
        }

        end = at;
        var set = CharacterSet.From(members);
        if (!negated) return set;
        int maximum = utf8 ? 0x10FFFF : 255;
        // A negated set leaves both cases of its members out, so folding must come before the complement.
        if ((options & PosixRegexOptions.IgnoreCase) != 0) set = set.FoldCase(utf8);
        set = set.Complement(maximum);
        return (options & PosixRegexOptions.ExcludeNewline) != 0 ? set.Without('\n', maximum) : set;
    }

    private void Member()
    {
        if (LooksAt('[') && LooksAt(':', 1))
        {
            string name = Named(':');
            if ((options & PosixRegexOptions.IgnoreCase) != 0 && name is "upper" or "lower") name = "alpha";
            members.AddRange(CharacterClasses.Find(name, utf8) ?? throw new PosixRegexException("Invalid character class name"));
            return;
        }

        if (LooksAt('[') && LooksAt('=', 1))
        {
            int only = Element('=');
            members.Add((only, only));
            return;
        }

        int low = Character();
        if (LooksAt('-') && !LooksAt(']', 1))
        {
            at++;
            if (at >= pattern.Length) throw new PosixRegexException(Unmatched);
            int high = Character();
            if (high < low) throw new PosixRegexException("Invalid range end");
            members.Add((low, high));
            return;
        }

        members.Add((low, low));
    }

    private int Character()
    {
        if (LooksAt('[') && LooksAt('.', 1)) return Element('.');
        if (syntax == RegexSyntax.Awk && LooksAt('\\') && at + 1 < pattern.Length) at++;
        int value = pattern[at];
        if (utf8 && value >= 0x80)
        {
            if (Rune.DecodeFromUtf8(pattern.AsSpan(at), out var rune, out int length) == OperationStatus.Done)
            {
                at += length;
                return rune.Value;
            }

            at++;
            return Utf8Sequences.StrayByte(value);
        }

        at++;
        return value;
    }

    private int Element(char kind)
    {
        string name = Named(kind);
        if (name.Length == 1) return name[0];
        byte[] bytes = Encoding.Latin1.GetBytes(name);
        if (utf8 && Rune.DecodeFromUtf8(bytes, out var rune, out int length) == OperationStatus.Done && length == bytes.Length) return rune.Value;
        return name switch
        {
            "space" => ' ',
            "hyphen" => '-',
            "tab" => '\t',
            "newline" => '\n',
            _ => throw new PosixRegexException("Invalid collation character"),
        };
    }

    private string Named(char kind)
    {
        at += 2;
        int from = at;
        while (at + 1 < pattern.Length && !(pattern[at] == kind && pattern[at + 1] == ']')) at++;
        if (at + 1 >= pattern.Length) throw new PosixRegexException(Unmatched);
        string name = Encoding.Latin1.GetString(pattern, from, at - from);
        at += 2;
        return name;
    }

    private bool LooksAt(char c, int offset = 0) => at + offset < pattern.Length && pattern[at + offset] == c;

    private bool Take(char c)
    {
        if (!LooksAt(c)) return false;
        at++;
        return true;
    }
}
