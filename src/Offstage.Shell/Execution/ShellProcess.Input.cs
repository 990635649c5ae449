using Offstage.Shell.Streams;
using Offstage.Shell.Syntax;

namespace Offstage.Shell.Execution;

/// <summary>Running a script that comes from standard input, as it comes.</summary>
internal sealed partial class ShellProcess
{
    /// <summary>Runs each command as soon as it is whole. What it reads from the same input is what follows it there.</summary>
    public int RunInput(ScriptInput input)
    {
        bool ended = false;
        int line = 1;
        Parser? parser = null;
        string text = "";
        long version = 0;
        while (true)
        {
            if (parser is null || input.Version != version || parser.Options != ParserOptions)
            {
                version = input.Version;
                text = input.Ahead(onlyWholeLines: !ended);
                parser = new Parser(text, ParserOptions, line);
            }

            if (text.Length == 0 && ended)
                return LastStatus;
            CommandList? list = null;
            bool whole = ended || !EndsInContinuation(text);
            try
            {
                list = whole ? parser.ParseNext() : null;
                whole = ended || parser.Warnings.Count == 0;
            }
            catch (SyntaxErrorException e) when (e.AtEnd && !ended)
            {
                whole = false;
            }
            catch (SyntaxErrorException e)
            {
                ShowSyntaxError(e, null);
                return LastStatus = 2;
            }

            if (!whole || (list is null && !ended))
            {
                ended = !input.TryReadMore();
                parser = null;
                continue;
            }

            foreach (string warning in parser.Warnings)
                WriteError($"{SourceName()}: {warning}\n");
            parser.Warnings.Clear();
            if (list is null)
                return LastStatus;
            string rest = parser.Rest().Text;
            line += text.AsSpan(0, text.Length - rest.Length).Count('\n');
            input.Take(text.Length - rest.Length);
            text = rest;
            input.GiveBack();
            bool goesOn = RunTopLevel(list, recovers: true);
            input.Resume();
            if (!goesOn || Descriptors.Find(0) is not { } now)
                return LastStatus;
            if (now == input)
                continue;
            // `exec < file`: the script goes on in the file.
            input = new ScriptInput(now.Share(), Interruption);
            Descriptors.Set(0, input);
            parser = null;
        }
    }

    private static bool EndsInContinuation(string text)
    {
        int backslashes = 0;
        for (int i = text.Length - 2; i >= 0 && text[i] == '\\'; i--)
            backslashes++;
        return backslashes % 2 == 1;
    }
}
