using Offstage.Shell.Commands.Text;
using static Offstage.Shell.Commands.Sed.SedReplacement;

namespace Offstage.Shell.Commands.Sed;

/// <summary>Reads the right side of <c>s</c>.</summary>
internal static class SedReplacementParser
{
    public static SedReplacement Parse(string text, char delimiter)
    {
        var parts = new List<Part>();
        var literal = new System.Text.StringBuilder();
        void EndLiteral()
        {
            if (literal.Length > 0) parts.Add(new Part(Latin.Bytes(literal.ToString()), -1, CaseChange.GoOn, CaseChange.GoOn));
            literal.Clear();
        }

        void Group(int number)
        {
            EndLiteral();
            parts.Add(new Part([], number, CaseChange.GoOn, CaseChange.GoOn));
        }

        void Case(CaseChange mode, CaseChange first)
        {
            EndLiteral();
            parts.Add(new Part([], -1, mode, first));
        }

        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '&')
            {
                Group(0);
                continue;
            }

            if (c != '\\' || i + 1 >= text.Length)
            {
                literal.Append(c);
                continue;
            }

            char next = text[++i];
            if (next == delimiter && !char.IsAsciiDigit(next))
            {
                if (next == '&') Group(0);
                else literal.Append(next);
                continue;
            }

            switch (next)
            {
                case >= '0' and <= '9':
                    Group(next - '0');
                    break;
                case 'U':
                    Case(CaseChange.Upper, CaseChange.GoOn);
                    break;
                case 'L':
                    Case(CaseChange.Lower, CaseChange.GoOn);
                    break;
                case 'E':
                    Case(CaseChange.Keep, CaseChange.GoOn);
                    break;
                case 'u':
                    Case(CaseChange.GoOn, CaseChange.Upper);
                    break;
                case 'l':
                    Case(CaseChange.GoOn, CaseChange.Lower);
                    break;
                default:
                    int at = i;
                    if (SedText.Escape(text, ref at) is { } plain)
                    {
                        literal.Append(plain);
                        i = at - 1;
                    }
                    else
                    {
                        literal.Append(next);
                    }

                    break;
            }
        }

        EndLiteral();
        return new SedReplacement(parts);
    }
}
