using System.Text;

namespace Offstage.Shell.RegularExpressions;

/// <summary>Reads a pattern into its tree, by the grammar of POSIX with GNU's extensions.</summary>
internal sealed class RegexParser
{
    private const int RepeatMax = 32767;
    private const int DepthMax = 250;

    private readonly byte[] pattern;
    private readonly RegexSyntax syntax;
    private readonly PosixRegexOptions options;
    private readonly bool utf8;
    private readonly HashSet<int> closed = [];
    private int at;
    private int depth;

    private readonly int groupBase;

    /// <param name="groupBase">Groups of the patterns before, when several are alternatives of one expression.</param>
    public RegexParser(ReadOnlySpan<byte> pattern, RegexSyntax syntax, PosixRegexOptions options, int groupBase = 0)
    {
        this.groupBase = groupBase;
        GroupCount = groupBase;
        this.pattern = pattern.ToArray();
        this.syntax = syntax;
        this.options = options;
        utf8 = (options & PosixRegexOptions.Utf8) != 0;
    }

    /// <summary>Groups of the pattern and of those before it, without the whole match.</summary>
    public int GroupCount { get; private set; }

    public bool HasBackReference { get; private set; }

    /// <summary>Backslashes and stars that mean nothing where they stand, in GNU grep's words.</summary>
    public List<string> Warnings { get; } = [];

    private bool IsBasic => syntax is RegexSyntax.Basic;

    /// <summary>Groups and alternation are written with a backslash.</summary>
    private bool IsEscaped => syntax is RegexSyntax.Basic or RegexSyntax.Emacs;

    private int Maximum => utf8 ? 0x10FFFF : 255;

    public RegexNode Parse()
    {
        if (syntax == RegexSyntax.Fixed) return Fixed();
        var node = Alternation();
        if (at < pattern.Length) throw new PosixRegexException("Unmatched ) or \\)");
        return node;
    }

    private RegexNode.Sequence Fixed()
    {
        var parts = new List<RegexNode>();
        while (at < pattern.Length) parts.Add(Literal());
        return new(parts);
    }

    private RegexNode Alternation()
    {
        if (++depth > DepthMax) throw PosixRegexException.TooBig();
        var choices = new List<RegexNode> { Sequence() };
        while (LooksAtOr())
        {
            at += IsEscaped ? 2 : 1;
            choices.Add(Sequence());
        }

        depth--;
        return choices.Count == 1 ? choices[0] : new RegexNode.Alternation(choices);
    }

    private bool LooksAt(char c, int offset = 0) => at + offset < pattern.Length && pattern[at + offset] == c;

    private bool LooksAtEscaped(char c) => LooksAt('\\') && LooksAt(c, 1);

    private bool LooksAtOr() => IsEscaped ? LooksAtEscaped('|') : LooksAt('|');

    private bool LooksAtClose() => IsEscaped ? LooksAtEscaped(')') : LooksAt(')') && (depth > 1 || syntax is not (RegexSyntax.Awk or RegexSyntax.Egrep));

    private RegexNode Sequence()
    {
        var parts = new List<RegexNode>();
        bool starts = true;
        while (at < pattern.Length && !LooksAtOr() && !LooksAtClose())
        {
            var atom = Atom(starts, out bool anchor, out bool ignored);
            if (ignored) continue;
            // After a leading ^ of a basic expression a star is still literal.
            starts = anchor && IsEscaped && starts;
            if (!starts) atom = Repetitions(atom, anchor);
            parts.Add(atom);
        }

        return parts.Count switch { 0 => new RegexNode.Empty(), 1 => parts[0], _ => new RegexNode.Sequence(parts) };
    }

    private RegexNode Repetitions(RegexNode atom, bool anchor)
    {
        while (at < pattern.Length)
        {
            int save = at;
            if (!TryRepetition(out int min, out int max)) return atom;
            if (anchor && syntax == RegexSyntax.Extended && IsAnchor(atom))
                throw new PosixRegexException("Invalid preceding regular expression");
            if (save == at) return atom;
            atom = max == 0 ? DropCaptures(atom) : new RegexNode.Repeat(atom, min, max);
        }

        return atom;
    }

    private static bool IsAnchor(RegexNode node) => node is RegexNode.Assertion { Kind: AssertionKind.LineStart };

    private static RegexNode.Empty DropCaptures(RegexNode _) => new();

    private bool TryRepetition(out int min, out int max)
    {
        (min, max) = (0, -1);
        if (LooksAt('*'))
        {
            at++;
            return true;
        }

        bool escaped = IsBasic;
        if (escaped ? LooksAtEscaped('+') : LooksAt('+'))
        {
            at += escaped ? 2 : 1;
            min = 1;
            return true;
        }

        if (escaped ? LooksAtEscaped('?') : LooksAt('?'))
        {
            at += escaped ? 2 : 1;
            max = 1;
            return true;
        }

        if (syntax == RegexSyntax.Emacs || !(escaped ? LooksAtEscaped('{') : LooksAt('{'))) return false;
        return TryInterval(escaped, out min, out max);
    }

    private bool TryInterval(bool escaped, out int min, out int max)
    {
        bool lenient = syntax is RegexSyntax.Egrep or RegexSyntax.Awk;
        int start = at;
        at += escaped ? 2 : 1;
        int? low = Number();
        int? high = low;
        if (LooksAt(','))
        {
            at++;
            high = Number() ?? -1;
            low ??= 0;
        }

        (min, max) = (low ?? 0, high ?? -1);
        bool closes = escaped ? LooksAtEscaped('}') : LooksAt('}');
        if (!closes || low is null)
        {
            if (lenient)
            {
                at = start;
                return false;
            }

            throw new PosixRegexException(at >= pattern.Length ? "Unmatched \\{" : "Invalid content of \\{\\}");
        }

        if (max != -1 && min > max) throw new PosixRegexException("Invalid content of \\{\\}");
        if (Math.Max(min, max) > RepeatMax) throw PosixRegexException.TooBig();
        at += escaped ? 2 : 1;
        return true;
    }

    private int? Number()
    {
        int start = at;
        int value = 0;
        while (at < pattern.Length && char.IsAsciiDigit((char)pattern[at]))
            value = Math.Min((value * 10) + pattern[at++] - '0', RepeatMax + 1);
        return at == start ? null : value;
    }

    private RegexNode Atom(bool starts, out bool anchor, out bool ignored)
    {
        (anchor, ignored) = (false, false);
        byte c = pattern[at];
        switch (c)
        {
            case (byte)'.':
                at++;
                return AnyCharacter();
            case (byte)'[':
                at++;
                return Fold(new BracketParser(pattern, at, syntax, options).Parse(out at));
            case (byte)'^' when !IsEscaped || starts:
                at++;
                anchor = true;
                return new RegexNode.Assertion(AssertionKind.LineStart);
            case (byte)'$' when !IsEscaped || EndsHere(at + 1):
                at++;
                anchor = true;
                return new RegexNode.Assertion(AssertionKind.LineEnd);
            case (byte)'\\':
                return Escape(starts, out anchor);
            case (byte)'(' when !IsEscaped:
                at++;
                return Capture();
        }

        bool operatorHere = c == '*' || (!IsBasic && c is (byte)'+' or (byte)'?')
            || (syntax is RegexSyntax.Extended or RegexSyntax.Egrep && c == '{');
        if (starts && operatorHere && !IsEscaped && syntax != RegexSyntax.Awk)
        {
            if (syntax == RegexSyntax.Extended) throw new PosixRegexException("Invalid preceding regular expression");
            if (c != '{')
            {
                Warnings.Add($"{(char)c} at start of expression");
                at++;
                ignored = true;
                return new RegexNode.Empty();
            }

            int save = at;
            if (TryInterval(escaped: false, out _, out _))
            {
                Warnings.Add("{...} at start of expression");
                ignored = true;
                return new RegexNode.Empty();
            }

            at = save;
        }

        return Literal();
    }

    private bool EndsHere(int position)
        => position >= pattern.Length
            || (pattern[position] == '\\' && position + 1 < pattern.Length && pattern[position + 1] is (byte)'|' or (byte)')')
            || pattern[position] == '\n';

    private RegexNode Capture()
    {
        int index = ++GroupCount;
        var body = Alternation();
        if (!LooksAtCloseInside()) throw new PosixRegexException("Unmatched ( or \\(");
        at += IsEscaped ? 2 : 1;
        closed.Add(index);
        return new RegexNode.Capture(index, body);
    }

    private bool LooksAtCloseInside() => IsEscaped ? LooksAtEscaped(')') : LooksAt(')');

    private RegexNode Escape(bool starts, out bool anchor)
    {
        anchor = false;
        if (at + 1 >= pattern.Length) throw new PosixRegexException("Trailing backslash");
        char c = (char)pattern[at + 1];
        if (c == '(' && IsEscaped)
        {
            at += 2;
            return Capture();
        }

        if (c == '{' && IsBasic && starts) throw new PosixRegexException("Invalid preceding regular expression");
        if (c is >= '1' and <= '9' && syntax != RegexSyntax.Awk)
        {
            int index = groupBase + c - '0';
            if (!closed.Contains(index)) throw new PosixRegexException("Invalid back reference");
            at += 2;
            HasBackReference = true;
            return new RegexNode.BackReference(index);
        }

        AssertionKind? assertion = c switch
        {
            '`' => AssertionKind.TextStart,
            '\'' => AssertionKind.TextEnd,
            'b' => AssertionKind.WordBoundary,
            'y' when syntax == RegexSyntax.Awk => AssertionKind.WordBoundary,
            'B' => AssertionKind.NotWordBoundary,
            '<' => AssertionKind.WordStart,
            '>' => AssertionKind.WordEnd,
            _ => null,
        };
        if (assertion is { } kind)
        {
            at += 2;
            return new RegexNode.Assertion(kind);
        }

        CharacterSet? set = c switch
        {
            'w' => CharacterSet.From([.. CharacterClasses.Word(utf8)]),
            'W' => CharacterSet.From([.. CharacterClasses.Word(utf8)]).Complement(Maximum),
            's' => CharacterSet.From([.. CharacterClasses.Find("space", utf8)!]),
            'S' => CharacterSet.From([.. CharacterClasses.Find("space", utf8)!]).Complement(Maximum),
            _ => null,
        };
        if (set is not null)
        {
            at += 2;
            return new RegexNode.Set(set);
        }

        at++;
        if (char.IsAsciiLetterOrDigit(c) || c is '"' or '#' or '%' or '&' or ',' or '-' or ':' or ';' or '=' or '@' or '_' or '~' or '!')
            Warnings.Add($"stray \\ before {c}");
        else if (c is ' ' or '\t')
            Warnings.Add("stray \\ before white space");
        return Literal();
    }

    private RegexNode AnyCharacter()
    {
        var set = CharacterSet.From([(0, Maximum)]);
        return new RegexNode.Set((options & PosixRegexOptions.ExcludeNewline) != 0 ? set.Without('\n', Maximum) : set);
    }

    private RegexNode Literal()
    {
        int value = pattern[at];
        if (utf8 && value >= 0x80 && Rune.DecodeFromUtf8(pattern.AsSpan(at), out var rune, out int length) == System.Buffers.OperationStatus.Done)
        {
            at += length;
            return Fold(CharacterSet.Of(rune.Value));
        }

        at++;
        // A byte that is no character matches itself: it lies beyond the code points.
        return utf8 && value >= 0x80 ? new RegexNode.Set(CharacterSet.Of(Utf8Sequences.StrayByte(value))) : Fold(CharacterSet.Of(value));
    }

    private RegexNode.Set Fold(CharacterSet set)
        => new((options & PosixRegexOptions.IgnoreCase) != 0 ? set.FoldCase(utf8) : set);
}
