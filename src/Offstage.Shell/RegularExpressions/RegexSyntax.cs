namespace Offstage.Shell.RegularExpressions;

/// <summary>Which characters are operators, and what a misplaced one means. All know GNU's extensions (<c>\w \s \b \&lt; \&gt;</c>).</summary>
internal enum RegexSyntax
{
    /// <summary>POSIX basic, with <c>\+ \? \|</c>: <c>grep</c>, <c>sed</c>, <c>expr</c>.</summary>
    Basic,

    /// <summary>POSIX extended as <c>sed -E</c> and <c>[[ =~ ]]</c> read it: a repetition of nothing is an error.</summary>
    Extended,

    /// <summary>Extended as <c>grep -E</c> reads it: a repetition of nothing is ignored, a broken interval is literal.</summary>
    Egrep,

    /// <summary>Extended as awk reads it: escapes count inside brackets, a misplaced repetition is literal.</summary>
    Awk,

    /// <summary>What <c>find -regex</c> reads by default: groups as in basic, <c>+ ?</c> as in extended, no intervals.</summary>
    Emacs,

    /// <summary>Every character stands for itself.</summary>
    Fixed,
}
