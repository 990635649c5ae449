using System.Text;
using Offstage.Shell.Execution;
using Offstage.Shell.Syntax;

namespace Offstage.Shell.Expansion;

/// <summary>The operators of parameter expansion.</summary>
internal sealed partial class Expander
{
    private void ApplyOperator(ParameterExpansion expansion, ParameterValue value, FieldBuilder builder, Context context)
    {
        switch (expansion.Operator)
        {
            case ParameterOperator.UseDefault:
                if (IsPresent(value, expansion.CountsEmpty))
                    AppendValue(value, builder, context);
                else
                    AppendOperand(expansion.Argument, builder, context);
                return;
            case ParameterOperator.UseAlternative:
                if (IsPresent(value, expansion.CountsEmpty))
                    AppendOperand(expansion.Argument, builder, context);
                return;
            case ParameterOperator.AssignDefault:
                if (!IsPresent(value, expansion.CountsEmpty))
                    value = new ParameterValue.Single(AssignDefault(expansion));
                AppendValue(value, builder, context);
                return;
            case ParameterOperator.FailIfUnset:
                if (!IsPresent(value, expansion.CountsEmpty))
                {
                    string message = expansion.Argument.Parts.Length == 0
                        ? expansion.CountsEmpty ? "parameter null or not set" : "parameter not set"
                        : ExpandText(expansion.Argument);
                    throw new ShellErrorException($"{Shown(expansion)}: {message}", ErrorReach.Shell, 127);
                }

                AppendValue(value, builder, context);
                return;
        }

        if (value is ParameterValue.Single { Text: null } && process.Options.NoUnset && expansion.Operator != ParameterOperator.Transform)
            throw ShellErrorException.Unbound(Shown(expansion));
        if (expansion.Operator == ParameterOperator.Substring)
        {
            AppendValue(Substring(expansion, value), builder, context);
            return;
        }

        if (expansion.Operator == ParameterOperator.Transform)
        {
            Transform(expansion, value, builder, context);
            return;
        }

        Func<string, string> map = Mapping(expansion);
        AppendValue(value is ParameterValue.Many many
            ? many with { Items = many.Items.ConvertAll(i => map(i)) }
            : new ParameterValue.Single(((ParameterValue.Single)value).Text is { } text ? map(text) : null), builder, context);
    }

    private static bool IsPresent(ParameterValue value, bool countsEmpty) => value switch
    {
        ParameterValue.Single single => countsEmpty ? !string.IsNullOrEmpty(single.Text) : single.Text is not null,
        ParameterValue.Many many => many.Items.Count > 0 && (!countsEmpty || many.Items.Count > 1 || many.Items[0].Length > 0),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private void AppendOperand(Word operand, FieldBuilder builder, Context context)
    {
        if (context == Context.Quoted)
        {
            builder.Start();
            AppendParts(operand.Parts, builder, Context.Quoted);
        }
        else
        {
            AppendParts(operand.Parts, builder, Context.Operand);
        }
    }

    private string AssignDefault(ParameterExpansion expansion)
    {
        string value = ExpandText(expansion.Argument);
        if (!ShellProcess.IsName(expansion.Name))
            throw ShellErrorException.Line($"${expansion.Name}: cannot assign in this way");
        if (expansion.Subscript is null)
            process.Variables.Assign(expansion.Name, value);
        else
            process.Variables.AssignElement(expansion.Name, ExpandText(expansion.Subscript), value, appends: false);
        return expansion.Subscript is null ? process.Variables.Value(expansion.Name) ?? value : value;
    }

    /// <summary>What an operator makes of one value; patterns are expanded once for all of them.</summary>
    private Func<string, string> Mapping(ParameterExpansion expansion)
    {
        switch (expansion.Operator)
        {
            case ParameterOperator.RemoveShortestPrefix or ParameterOperator.RemoveLongestPrefix:
                Pattern prefix = CompilePattern(expansion.Argument);
                bool longPrefix = expansion.Operator == ParameterOperator.RemoveLongestPrefix;
                return text => prefix.PrefixLength(text, longPrefix, process.Interruption) is > 0 and var length ? text[length..] : text;
            case ParameterOperator.RemoveShortestSuffix or ParameterOperator.RemoveLongestSuffix:
                Pattern suffix = CompilePattern(expansion.Argument);
                bool longSuffix = expansion.Operator == ParameterOperator.RemoveLongestSuffix;
                return text => suffix.SuffixLength(text, longSuffix, process.Interruption) is > 0 and var length ? text[..^length] : text;
            case ParameterOperator.ReplaceFirst or ParameterOperator.ReplaceAll or ParameterOperator.ReplacePrefix or ParameterOperator.ReplaceSuffix:
                return Replacement(expansion);
            default:
                return CaseChange(expansion);
        }
    }

    private Pattern CompilePattern(Word word) => Pattern.Compile(ExpandPattern(word), process.PatternOptions(ignoresCase: false));

    private Func<string, string> Replacement(ParameterExpansion expansion)
    {
        string source = ExpandPattern(expansion.Argument);
        string replacement = expansion.Second is null ? "" : ExpandReplacement(expansion.Second);
        Pattern pattern = Pattern.Compile(source, process.PatternOptions(process.Options.Shopt("nocasematch")));
        bool refers = process.Options.Shopt("patsub_replacement") && replacement.Contains('&');
        string Put(string matched) => refers ? Refer(replacement, matched) : MarkedText.Unmark(replacement);
        switch (expansion.Operator)
        {
            case ParameterOperator.ReplacePrefix:
                return text => pattern.PrefixLength(text, longest: true, process.Interruption) is >= 0 and var length ? Put(text[..length]) + text[length..] : text;
            case ParameterOperator.ReplaceSuffix:
                return text => pattern.SuffixLength(text, longest: true, process.Interruption) is >= 0 and var length ? text[..^length] + Put(text[^length..]) : text;
            default:
                bool all = expansion.Operator == ParameterOperator.ReplaceAll;
                if (source.Length == 0)
                    return text => text;
                return text => Replace(text, pattern, all, Put);
        }
    }

    private string Replace(string text, Pattern pattern, bool all, Func<string, string> put)
    {
        if (pattern.Literal is { Length: > 0 } literal)
        {
            int found = text.IndexOf(literal, StringComparison.Ordinal);
            if (found < 0)
                return text;
            string with = put(literal);
            return all ? text.Replace(literal, with, StringComparison.Ordinal) : string.Concat(text.AsSpan(0, found), with, text.AsSpan(found + literal.Length));
        }

        if (text.Length == 0)
            return pattern.Matches("", process.Interruption) ? put("") : text;
        bool decoded = pattern.Options.IsUtf8 && Utf8Text.IsNeeded(text);
        string characters = decoded ? Utf8Text.Decode(text) : text;
        string Bytes(int start, int end) => decoded ? Utf8Text.Encode(characters[start..end]) : characters[start..end];
        var result = new StringBuilder(text.Length);
        int at = 0, kept = 0;
        while (at < characters.Length)
        {
            if ((at & 0xFF) == 0)
                process.Interruption.Check();
            int length = pattern.LengthAt(characters.AsSpan(at), process.Interruption, out bool isLast);
            if (isLast)
                break;
            if (length < 0 || pattern.Literal is not null)
            {
                at++;
                continue;
            }

            result.Append(Bytes(kept, at)).Append(put(Bytes(at, at + length)));
            kept = at + length;
            // A match of nothing stands before the next character, which is passed over.
            at = Math.Max(kept, at + 1);
            if (!all)
                break;
        }

        return at == 0 ? text : result.Append(Bytes(kept, characters.Length)).ToString();
    }

    /// <summary>The replacement, in which a quoted <c>&amp;</c> stays marked.</summary>
    private string ExpandReplacement(Word word)
    {
        var builder = new FieldBuilder(splits: false, process.Separators);
        foreach (WordPart part in word.Parts)
        {
            if (part is WordPart.Quoted or WordPart.DoubleQuoted)
            {
                string value = part is WordPart.Quoted quoted ? quoted.Value : ExpandText(new Word("", [part]));
                builder.AppendLiteral(MarkedText.MarkAll(value));
            }
            else
            {
                AppendParts([part], builder, Context.Word);
            }
        }

        return builder.TakeText();
    }

    private static string Refer(string replacement, string matched)
    {
        var result = new StringBuilder();
        for (int i = 0; i < replacement.Length; i++)
        {
            char c = replacement[i];
            if (c == '\\' && i + 1 < replacement.Length && (replacement[i + 1] & 0xFF) is '&' or '\\')
                result.Append((char)(replacement[++i] & 0xFF));
            else if (c == '&')
                result.Append(matched);
            else
                result.Append((char)(c & 0xFF));
        }

        return result.ToString();
    }

    private Func<string, string> CaseChange(ParameterExpansion expansion)
    {
        bool firstOnly = expansion.Operator is ParameterOperator.UpperFirst or ParameterOperator.LowerFirst or ParameterOperator.ToggleFirst;
        Pattern? pattern = expansion.Argument.Parts.Length == 0 ? null : CompilePattern(expansion.Argument);
        return text =>
        {
            bool decoded = process.IsUtf8 && Utf8Text.IsNeeded(text);
            char[] characters = (decoded ? Utf8Text.Decode(text) : text).ToCharArray();
            for (int i = 0; i < (firstOnly ? Math.Min(1, characters.Length) : characters.Length); i++)
            {
                char c = characters[i];
                bool changes = (decoded || c < 0x80) && (pattern is null || pattern.Matches(decoded ? Utf8Text.Encode(c.ToString()) : c.ToString(), process.Interruption));
                if (changes)
                    characters[i] = CaseText.Change(c, expansion.Operator);
            }

            string changed = new(characters);
            return decoded ? Utf8Text.Encode(changed) : changed;
        };
    }

    private ParameterValue Substring(ParameterExpansion expansion, ParameterValue value)
    {
        try
        {
            long offset = expansion.Bounds!.Offset.Evaluate(process);
            long? length = expansion.Bounds.Length?.Evaluate(process);
            return value switch
            {
                ParameterValue.Many many => Slice(expansion, many, offset, length),
                ParameterValue.Single { Text: { } text } => new ParameterValue.Single(Cut(expansion, text, offset, length)),
                _ => value,
            };
        }
        catch (ExpressionException e)
        {
            throw ShellErrorException.Line(e.Message);
        }
    }

    private string Cut(ParameterExpansion expansion, string text, long offset, long? length)
    {
        bool decoded = process.IsUtf8 && Utf8Text.IsNeeded(text);
        string characters = decoded ? Utf8Text.Decode(text) : text;
        offset = offset < 0 ? offset + characters.Length : offset;
        if (offset < 0 || offset > characters.Length)
            return "";
        long end = length is null ? characters.Length : length < 0 ? characters.Length + length.Value : Math.Min(characters.Length, offset + length.Value);
        if (end < offset)
            throw ShellErrorException.Line($"{expansion.Bounds!.Length!.Text}: substring expression < 0");
        string cut = characters[(int)offset..(int)end];
        return decoded ? Utf8Text.Encode(cut) : cut;
    }

    private ParameterValue.Many Slice(ParameterExpansion expansion, ParameterValue.Many many, long offset, long? length)
    {
        List<string> items = many.Items;
        int start;
        if (expansion.IsAllPositional)
        {
            if (offset == 0 || offset < 0)
                items = [process.Name, .. items];
            else
                offset--;
            offset = offset < 0 ? items.Count + offset : offset;
            start = offset < 0 ? items.Count : (int)Math.Min(offset, items.Count);
        }
        else if (many.Indexes is { } indexes)
        {
            if (offset < 0)
                offset += indexes.Count == 0 ? 0 : indexes[^1] + 1;
            start = offset < 0 ? items.Count : indexes.FindIndex(i => i >= offset);
            start = start < 0 ? items.Count : start;
        }
        else
        {
            offset = offset < 0 ? items.Count + offset : Math.Max(0, offset - 1);
            start = offset < 0 ? items.Count : (int)Math.Min(offset, items.Count);
        }

        if (length < 0)
            throw ShellErrorException.Line($"{expansion.Bounds!.Length!.Text}: substring expression < 0");
        int count = (int)Math.Min(length ?? items.Count, items.Count - start);
        return new ParameterValue.Many(items.GetRange(start, count), many.IsJoined);
    }
}
