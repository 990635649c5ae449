using System.Text;

namespace Offstage.Shell.Syntax;

/// <summary>Prints commands as bash prints functions: it parses back to the same.</summary>
internal sealed partial class ScriptPrinter
{
    private readonly StringBuilder text = new();
    private readonly List<HereDocument> documents = [];
    private int indent;
    private bool inFunction;

    /// <summary>Whether the command just printed had here-documents within it; then no semicolon is behind it.</summary>
    private bool documentsWithin;

    public static string Print(Command command)
    {
        var printer = new ScriptPrinter();
        printer.Command(command);
        return printer.Finish();
    }

    /// <summary>The words that a <c>for</c> or <c>select</c> goes over; null for the positional parameters.</summary>
    public static string Words(Word[]? words) => words is null ? "\"$@\"" : string.Join(' ', words.Select(w => w.Text));

    public static string Print(AndOr andOr)
    {
        var printer = new ScriptPrinter();
        printer.AndOr(andOr);
        return printer.Finish();
    }

    public static string Print(CommandList list)
    {
        var printer = new ScriptPrinter();
        printer.List(list);
        return printer.Finish();
    }

    /// <summary>The source of parts that were made anew, as brace expansion does.</summary>
    public static string PartsText(IEnumerable<WordPart> parts) => string.Concat(parts.Select(p => p switch
    {
        WordPart.Literal l => l.Text,
        WordPart.Quoted q => q.Source,
        WordPart.DoubleQuoted d => $"\"{PartsText(d.Parts)}\"",
        WordPart.Parameter e => e.Expansion.Source,
        WordPart.BadParameter b => b.Source,
        WordPart.CommandSubstitution s => $"$({s.Source})",
        WordPart.Backquoted b => $"`{b.Script}`",
        WordPart.Arithmetic a => $"$(({a.Expression.Text}))",
        WordPart.ProcessSubstitution s => $"{(s.IsInput ? '<' : '>')}({Print(s.Body)})",
        _ => throw new System.Diagnostics.UnreachableException(),
    }));

    private string Finish()
    {
        if (documents.Count > 0)
            Documents();
        return text.ToString();
    }

    private void NewLine()
    {
        if (documents.Count > 0)
            Documents();
        text.Append('\n');
        text.Append(' ', indent * 4);
    }

    private void Documents()
    {
        text.Append('\n');
        foreach (HereDocument document in documents)
            text.Append(document.Source).Append(document.Delimiter).Append('\n');
        documents.Clear();
    }

    private void List(CommandList list)
    {
        for (int i = 0; i < list.Items.Length; i++)
        {
            ListItem item = list.Items[i];
            AndOr(item.AndOr);
            bool last = i == list.Items.Length - 1;
            if (item.IsBackground)
                text.Append(last ? " &" : " & ");
            else if (!last && documents.Count > 0)
                NewLine();
            else if (!last && inFunction)
            {
                if (!documentsWithin)
                    text.Append(';');
                documentsWithin = false;
                NewLine();
            }
            else if (!last)
                text.Append("; ");
        }
    }

    /// <summary>A list on lines of its own, ended by a semicolon.</summary>
    private void Body(CommandList list)
    {
        indent++;
        NewLine();
        bool before = inFunction;
        inFunction = true;
        List(list);
        inFunction = before;
        indent--;
        if (list.Items.Length > 0 && list.Items[^1].IsBackground)
            NewLine();
        else
            End();
    }

    private void End()
    {
        if (documents.Count == 0)
            text.Append(';');
        NewLine();
    }

    private void AndOr(AndOr andOr)
    {
        Pipeline(andOr.First);
        foreach (AndOrStep step in andOr.Rest)
        {
            text.Append(step.IsAnd ? " && " : " || ");
            Pipeline(step.Pipeline);
        }
    }

    private void Pipeline(Pipeline pipeline)
    {
        if (pipeline.Timing != PipelineTiming.None)
            text.Append(pipeline.Timing == PipelineTiming.Posix ? "time -p " : "time ");
        if (pipeline.IsNegated)
            text.Append("! ");
        for (int i = 0; i < pipeline.Commands.Length; i++)
        {
            if (i > 0)
                text.Append(pipeline.ErrorPiped[i - 1] ? " 2>&1 | " : " | ");
            Command(pipeline.Commands[i]);
        }
    }

    private void Append(Word[] words)
    {
        for (int i = 0; i < words.Length; i++)
        {
            if (i > 0)
                text.Append(' ');
            text.Append(words[i].Text);
        }
    }

    private void Redirections(Command command)
    {
        foreach (Redirection redirection in command.Redirections)
        {
            if (text.Length > 0 && text[^1] != ' ')
                text.Append(' ');
            Redirect(redirection);
        }
    }

    private void Redirect(Redirection redirection)
    {
        if (redirection.Variable is { } variable)
            text.Append('{').Append(variable).Append('}');
        else if (redirection.Descriptor is { } descriptor && (descriptor != redirection.DefaultDescriptor || redirection.Kind is RedirectionKind.DuplicateInput or RedirectionKind.DuplicateOutput))
            text.Append(descriptor);
        else if (redirection.Kind is RedirectionKind.DuplicateInput or RedirectionKind.DuplicateOutput && redirection.Target.Text.All(char.IsAsciiDigit))
            text.Append(redirection.DefaultDescriptor);
        switch (redirection.Kind)
        {
            case RedirectionKind.HereDocument:
                text.Append(redirection.Document?.StripsTabs == true ? "<<-" : "<<").Append(redirection.Target.Text);
                if (redirection.Document is { } document)
                    documents.Add(document);
                return;
            case RedirectionKind.DuplicateInput:
                text.Append("<&");
                break;
            case RedirectionKind.DuplicateOutput:
                text.Append(">&");
                break;
            default:
                text.Append(redirection.Kind switch
                {
                    RedirectionKind.Input => "< ",
                    RedirectionKind.Output => "> ",
                    RedirectionKind.Append => ">> ",
                    RedirectionKind.Clobber => ">| ",
                    RedirectionKind.ReadWrite => "<> ",
                    RedirectionKind.OutputAndError => "&> ",
                    RedirectionKind.AppendOutputAndError => "&>> ",
                    _ => "<<< ",
                });
                break;
        }

        text.Append(redirection.Target.Text);
    }
}
