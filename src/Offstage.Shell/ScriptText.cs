using System.Text;
using Offstage.Shell.Syntax;

namespace Offstage.Shell;

/// <summary>What can be told of a script without running it.</summary>
public static class ScriptText
{
    /// <summary>Whether more lines are needed before it can be run: an open quote, a loop without its end, a here-document without its last line.</summary>
    public static bool IsIncomplete(string script)
    {
        string bytes = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(script));
        if (bytes.EndsWith("\\\n", StringComparison.Ordinal))
            return true;
        var parser = new Parser(bytes, ParserOptions.Default);
        try
        {
            while (parser.ParseNext() is not null)
            {
                // What stands before was complete.
            }
        }
        catch (SyntaxErrorException broken)
        {
            return broken.AtEnd;
        }

        return parser.Warnings.Count > 0;
    }
}
