using Offstage.Shell.Execution;
using Offstage.Shell.Syntax;

namespace Offstage.Shell.Expansion;

/// <summary>Expands words for one process.</summary>
internal sealed partial class Expander(ShellProcess process)
{
    /// <summary>How an unquoted literal counts.</summary>
    private enum Context
    {
        /// <summary>A word of a script: what is written is not split.</summary>
        Word,

        /// <summary>The operand of an operator such as <c>${x:-…}</c>: what is written is split like results.</summary>
        Operand,

        /// <summary>Within double quotes.</summary>
        Quoted,

        /// <summary>The value of an assignment: tildes count behind colons too.</summary>
        Assignment,
    }

    /// <summary>Expands words to arguments: braces, parameters and the rest, splitting, file names, quotes.</summary>
    public List<string> ExpandAll(IReadOnlyList<Word> words)
    {
        var fields = new List<string>(words.Count + 4);
        foreach (Word word in words)
            Expand(word, fields);
        return fields;
    }

    public void Expand(Word word, List<string> fields)
    {
        if (word.Plain is { } plain)
        {
            fields.Add(plain);
            return;
        }

        if (!process.Options.BraceExpand)
        {
            ExpandOne(word, fields);
            return;
        }

        foreach (Word alternative in word.Alternatives)
            ExpandOne(alternative, fields);
    }

    /// <summary>Expands to one text without splitting, as the value of an assignment or a case's subject is.</summary>
    public string ExpandText(Word word)
    {
        if (word.Plain is { } plain)
            return plain;
        return word.Parts.Length == 0 ? "" : MarkedText.Unmark(ExpandMarked(word, Context.Word));
    }

    /// <summary>As <see cref="ExpandText(Word)"/>, with tildes behind colons.</summary>
    public string ExpandAssignment(Word word)
    {
        if (word.Plain is { } plain && !plain.Contains('~'))
            return plain;
        return word.Parts.Length == 0 ? "" : MarkedText.Unmark(ExpandMarked(word, Context.Assignment));
    }

    /// <summary>Expands to a pattern: what is quoted is marked.</summary>
    public string ExpandPattern(Word word) => word.Plain ?? ExpandMarked(word, Context.Word);

    /// <summary>Expands as in double quotes.</summary>
    public string ExpandArithmetic(Word word) => MarkedText.Unmark(ExpandMarked(word, Context.Quoted));

    /// <summary>Expands text that was taken from a value, as a subscript of an associative array is.</summary>
    public string ExpandText(string text)
    {
        if (text.AsSpan().IndexOfAny("$`\\'\"") < 0)
            return text;
        var parser = new Parser($"x[{text}]=", process.ParserOptions);
        return parser.ParseNext() is { Items: [{ AndOr.First.Commands: [Command.Simple { Assignments: [{ Assignment.Subscript: { } subscript }] }] }] }
            ? ExpandText(subscript)
            : text;
    }

    /// <summary>Expands a text as the inside of double quotes: prompts and here-documents.</summary>
    public string ExpandQuotedText(string text)
    {
        if (text.AsSpan().IndexOfAny("$`\\") < 0)
            return text;
        Word body = new Parser("", process.ParserOptions).ParseQuotedText(text);
        return MarkedText.Unmark(ExpandMarked(body, Context.Quoted));
    }

    private void ExpandOne(Word word, List<string> fields)
    {
        var builder = new FieldBuilder(splits: true, process.Separators);
        AppendParts(word.Parts, builder, word.Assignment is null ? Context.Word : Context.Assignment);
        builder.Break();
        foreach (string field in builder.Fields)
            process.Globber.Expand(field, fields);
    }

    private string ExpandMarked(Word word, Context context)
    {
        var builder = new FieldBuilder(splits: false, process.Separators);
        AppendParts(word.Parts, builder, context);
        return builder.TakeText();
    }

    private void AppendParts(WordPart[] parts, FieldBuilder builder, Context context)
    {
        ShellProcess.EnsureStack();
        for (int i = 0; i < parts.Length; i++)
        {
            switch (parts[i])
            {
                case WordPart.Literal literal:
                    AppendLiteral(literal.Text, builder, context, isFirst: i == 0, isLast: i == parts.Length - 1);
                    break;
                case WordPart.Quoted quoted:
                    builder.AppendQuoted(quoted.Value);
                    break;
                case WordPart.DoubleQuoted inner:
                    // "$@" without parameters is no field at all; every other pair of quotes is one.
                    if (inner.Parts is not [WordPart.Parameter { Expansion: { } only }] || !IsListThatMayBeEmpty(only))
                        builder.Start();
                    AppendParts(inner.Parts, builder, Context.Quoted);
                    break;
                case WordPart.Parameter parameter:
                    AppendParameter(parameter.Expansion, builder, context);
                    break;
                case WordPart.BadParameter bad:
                    throw ShellErrorException.Line($"{bad.Source}: bad substitution");
                case WordPart.CommandSubstitution substitution:
                    AppendResult(process.Substitute(substitution), builder, context);
                    break;
                case WordPart.Backquoted backquoted:
                    AppendResult(process.Substitute(backquoted), builder, context);
                    break;
                case WordPart.Arithmetic arithmetic:
                    AppendResult(EvaluateArithmetic(arithmetic), builder, context);
                    break;
                case WordPart.ProcessSubstitution substitution:
                    builder.AppendQuoted(process.OpenProcessSubstitution(substitution));
                    break;
            }
        }
    }

    private string EvaluateArithmetic(WordPart.Arithmetic arithmetic)
    {
        try
        {
            return arithmetic.Source.Evaluate(process).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (ExpressionException e)
        {
            throw ShellErrorException.Line(e.Message);
        }
    }

    private static void AppendResult(string value, FieldBuilder builder, Context context)
    {
        if (context == Context.Quoted)
            builder.AppendQuoted(value);
        else
            builder.AppendExpansion(value);
    }

    private void AppendLiteral(string text, FieldBuilder builder, Context context, bool isFirst, bool isLast)
    {
        if (context == Context.Quoted)
        {
            builder.AppendQuoted(text);
            return;
        }

        if (text.Contains('~') && (isFirst || context == Context.Assignment))
        {
            text = AppendTildes(text, builder, context, isFirst, isLast);
        }

        if (context == Context.Operand)
            builder.AppendExpansion(text);
        else
            builder.AppendLiteral(text);
    }

    /// <summary>Replaces tilde prefixes by what they stand for.</summary>
    /// <returns>What is left of the text.</returns>
    private string AppendTildes(string text, FieldBuilder builder, Context context, bool isFirst, bool isLast)
    {
        int from = 0;
        // A word that looks like an assignment has its tildes replaced as one has.
        int equals = context == Context.Word && isFirst && !process.Options.Get("posix") ? text.IndexOf('=') : -1;
        bool assigns = equals > 0 && ShellProcess.IsName(text[..equals]);
        for (int i = text.IndexOf('~'); i >= 0; i = text.IndexOf('~', i + 1))
        {
            bool atStart = i == 0 ? isFirst && builder.IsEmpty : (assigns && (i == equals + 1 || (i > equals && text[i - 1] == ':'))) || context == Context.Assignment && (text[i - 1] == ':' || (text[i - 1] == '=' && !text.AsSpan(0, i - 1).Contains('=')));
            if (!atStart)
                continue;
            int end = text.AsSpan(i).IndexOfAny(context == Context.Assignment || assigns ? "/:" : "/");
            end = end < 0 ? text.Length : i + end;
            // A prefix that goes on in quotes or an expansion is none.
            if (end == text.Length && !isLast)
                continue;
            if (process.TildeValue(text[(i + 1)..end]) is not { } value)
                continue;
            builder.AppendLiteral(text[from..i]);
            builder.AppendQuoted(value);
            from = end;
            i = end - 1;
        }

        return text[from..];
    }

    private static bool IsListThatMayBeEmpty(ParameterExpansion expansion)
        => (expansion.Name == "@" || expansion.Subscript is { Text: "@" } || expansion.IsIndirect || expansion.Operator == ParameterOperator.NamesWithPrefix) && !expansion.IsLength;
}
