using System.Text;

namespace Offstage.Shell.Tests.Differential;

/// <summary>Random scripts over the grammars of arithmetic, quoting and expansion. The same seed gives the same scripts.</summary>
internal sealed class RandomScripts(Random random)
{
    private static readonly string[] Operators = ["+", "-", "*", "/", "%", "<<", ">>", "&", "|", "^", "&&", "||", "<", ">", "<=", ">=", "==", "!=", ","];
    private static readonly string[] Names = ["x", "y", "z", "e", "u"];
    private static readonly string[] Texts = ["a", "b c", "  d", "k*", "f/g.h", "'", "\\", "1:2", "", "abcabc", "A", "?"];
    private static readonly string[] Patterns = ["a", "*", "?", "a*", "*b", "[ab]", "[!a]", "b*c", "/", ".", "\\*", "\"*\"", "'a'", "@(a|b)", "+(a|b)"];
    private static readonly string[] Simple = ["#", "##", "%", "%%"];

    public string Arithmetic(int depth = 4)
    {
        if (depth == 0 || random.Next(5) == 0)
            return Pick("0", "1", "2", "7", "-3", "x", "y", "0x1f", "017", "36#z", "9223372036854775807", "u");
        switch (random.Next(8))
        {
            case 0:
                return $"({Arithmetic(depth - 1)})";
            case 1:
                return Pick("! ", "~ ", "- ", "+ ") + Arithmetic(depth - 1);
            case 2:
                return $"({Arithmetic(depth - 1)} ? {Arithmetic(depth - 1)} : {Arithmetic(depth - 1)})";
            case 3:
                return Pick("x++", "--y", "(x+=2)", "(y=x*2)", "x--", "++y", "(x<<=1)");
            default:
                return $"{Arithmetic(depth - 1)} {Pick(Operators)} {Arithmetic(depth - 1)}";
        }
    }

    private bool hasBraces;
    private bool hasOwnSeparators;

    /// <summary>A script that prints what some words expand to.</summary>
    public string Expansion()
    {
        // Bash looks for braces before it knows of nested quotes: around a lone quote it finds others than the manual promises.
        hasBraces = random.Next(2) == 0;
        var script = new StringBuilder("shopt -s extglob; ");
        foreach (string name in Names[..4])
            script.Append(name).Append('=').Append(Quote(Pick(Texts))).Append("; ");
        script.Append("set -- ").Append(string.Join(' ', Enumerable.Range(0, random.Next(4)).Select(_ => Quote(Pick(Texts))))).Append("; ");
        script.Append("a=(").Append(string.Join(' ', Enumerable.Range(0, random.Next(4)).Select(_ => Quote(Pick(Texts))))).Append("); ");

        // Where IFS has no space, bash joins the elements of a list within the operand of an expansion by one, and splits them no more.
        hasOwnSeparators = random.Next(4) == 0;
        if (hasOwnSeparators)
            script.Append("IFS=").Append(Pick("':'", "' :'", "a", "$'\\n'")).Append("; ");
        script.Append("printf '<%s>' ");
        for (int i = random.Next(1, 4); i >= 0; i--)
            script.Append(Word(3)).Append(' ');
        return script.Append("; echo\n").ToString();
    }

    private string Word(int depth)
    {
        var word = new StringBuilder();
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            word.Append(random.Next(6) switch
            {
                0 => "lit",
                1 => Quote(Pick(Texts)),
                2 => $"\"{Inner(depth)}\"",
                3 => hasBraces ? "{p,q}" : "lit",
                _ => Parameter(depth),
            });
        }

        return word.ToString();
    }

    private string Inner(int depth) => Pick("", "t ", "\\$", "\\\"") + Parameter(depth) + Pick("", " s", hasBraces ? "s" : "'");

    private string Parameter(int depth)
    {
        string name = Pick("x", "y", "z", "e", "u", "@", "*", "1", "a[@]", "a[*]", "a[0]", "a[1]");
        string plain = Pick(Names);
        if (depth == 0)
            return $"${{{name}}}";
        return random.Next(9) switch
        {
            0 => $"${{{name}}}",
            1 => $"${{#{name}}}",
            2 => $"${{{plain}{Pick("-", ":-", "+", ":+")}{Operand(depth - 1)}}}",
            3 => $"${{{name}{Pick(Simple)}{Pick(Patterns)}}}",
            4 => $"${{{name}{Pick("/", "//", "/#", "/%")}{Pick(Patterns)}/{Pick("X", "", "[&]", "\"$y\"")}}}",
            5 => $"${{{plain}:{random.Next(4)}{Pick("", ":1", ":2", ": -1")}}}",
            6 => $"${{{name}{Pick("^", "^^", ",", ",,")}}}",
            7 => $"$(echo {Operand(depth - 1)})",
            _ => $"${plain}",
        };
    }

    private string Operand(int depth) => random.Next(4) switch
    {
        0 when !hasOwnSeparators => Parameter(depth),
        1 => $"\"{Inner(depth)}\"",
        2 => "w v",
        _ => "k",
    };

    private static string Quote(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    private string Pick(params string[] from) => from[random.Next(from.Length)];
}
