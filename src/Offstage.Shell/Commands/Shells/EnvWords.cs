using System.Text;

namespace Offstage.Shell.Commands;

/// <summary>The words of <c>env -S</c>: quotes, escapes and <c>${NAME}</c>, as the manual of env has them.</summary>
internal static class EnvWords
{
    /// <exception cref="CommandFailedException">The text is no list of words.</exception>
    public static List<string> Split(string text, IReadOnlyDictionary<string, string> environment)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        bool inWord = false;
        char quote = '\0';
        void End()
        {
            if (inWord) words.Add(word.ToString());
            word.Clear();
            inWord = false;
        }

        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                End();
                continue;
            }

            if (quote == '\0' && c == '#' && !inWord) break;
            bool wasInWord = inWord;
            inWord = true;
            if (c == quote) quote = '\0';
            else if (quote == '\0' && c is '"' or '\'') quote = c;
            else if (c == '$' && quote != '\'') word.Append(Variable(text, ref i, environment));
            else if (c != '\\') word.Append(c);
            else if (++i >= text.Length) throw Wrong("invalid backslash at end of string in -S");
            else if (quote == '\'' && text[i] is not ('\\' or '\'')) word.Append('\\').Append(text[i]);
            else if (text[i] == 'c' && quote == '\0') return Finished(words, word, wasInWord);
            else if (text[i] == '_' && quote == '\0')
            {
                inWord = wasInWord;
                End();
            }
            else word.Append(Escaped(text[i]));
        }

        if (quote != '\0') throw Wrong("no terminating quote in -S string");
        End();
        return words;
    }

    private static List<string> Finished(List<string> words, StringBuilder word, bool inWord)
    {
        if (inWord) words.Add(word.ToString());
        return words;
    }

    private static char Escaped(char c) => c switch
    {
        'f' => '\f',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\v',
        '_' => ' ',
        '"' or '#' or '$' or '\'' or '\\' => c,
        _ => throw Wrong($"invalid sequence '\\{c}' in -S"),
    };

    private static string Variable(string text, ref int at, IReadOnlyDictionary<string, string> environment)
    {
        int close = at + 1 < text.Length && text[at + 1] == '{' ? text.IndexOf('}', at) : -1;
        if (close < 0) throw Wrong($"only ${{VARNAME}} expansion is supported, error at: {text[at..]}");
        string name = text[(at + 2)..close];
        at = close;
        return environment.GetValueOrDefault(name) ?? "";
    }

    private static CommandFailedException Wrong(string message) => new(message, 125);
}
