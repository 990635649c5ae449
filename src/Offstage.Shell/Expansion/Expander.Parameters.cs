using System.Globalization;
using Offstage.Shell.Execution;
using Offstage.Shell.Syntax;
using Offstage.Shell.Variables;

namespace Offstage.Shell.Expansion;

/// <summary>Parameters.</summary>
internal sealed partial class Expander
{
    private void AppendParameter(ParameterExpansion expansion, FieldBuilder builder, Context context)
    {
        if (expansion.IsLength)
        {
            AppendResult(Length(expansion).ToString(CultureInfo.InvariantCulture), builder, context);
            return;
        }

        if (expansion.Operator is ParameterOperator.NamesWithPrefix or ParameterOperator.NamesWithPrefixJoined)
        {
            List<string> names = [.. process.Variables.Names.Where(n => n.StartsWith(expansion.Name, StringComparison.Ordinal) && process.Variables.Find(n)?.IsSet == true).Order(StringComparer.Ordinal)];
            AppendList(names, expansion.Operator == ParameterOperator.NamesWithPrefixJoined, builder, context);
            return;
        }

        if (expansion.IsIndirect)
        {
            if (expansion.IsAllElements && expansion.Operator == ParameterOperator.None)
            {
                AppendList(Keys(expansion.Name), expansion.IsJoined, builder, context);
                return;
            }

            if (process.Variables.FindRaw(expansion.Name) is { } raw && raw.Has(VariableAttributes.Reference) && expansion.Operator == ParameterOperator.None)
            {
                // A reference to a reference tells where the chain ends.
                string target = raw.Scalar ?? "";
                AppendResult(ShellProcess.IsName(target) ? process.Variables.Resolve(target) ?? target : target, builder, context);
                return;
            }

            expansion = Indirect(expansion);
        }

        ParameterValue value = Lookup(expansion);
        if (expansion.Operator == ParameterOperator.None)
        {
            if (value is ParameterValue.Single { Text: null } && process.Options.NoUnset)
                throw ShellErrorException.Unbound(Shown(expansion));
            AppendValue(value, builder, context);
            return;
        }

        ApplyOperator(expansion, value, builder, context);
    }

    private static string Shown(ParameterExpansion expansion)
        => expansion.Subscript is null ? char.IsAsciiDigit(expansion.Name[0]) || expansion.Name == "!" ? "$" + expansion.Name : expansion.Name : $"{expansion.Name}[{expansion.Subscript.Text}]";

    private void AppendValue(ParameterValue value, FieldBuilder builder, Context context)
    {
        if (value is ParameterValue.Many many)
            AppendList(many.Items, many.IsJoined, builder, context);
        else
            AppendResult(((ParameterValue.Single)value).Text ?? "", builder, context);
    }

    private void AppendList(List<string> items, bool isJoined, FieldBuilder builder, Context context)
    {
        if (context == Context.Quoted && (isJoined || !builder.Splits))
        {
            builder.AppendQuoted(string.Join(isJoined ? process.Separators.Joint : " ", items));
            if (items.Count > 0)
                builder.Start();
        }
        else if (context == Context.Quoted)
        {
            for (int i = 0; i < items.Count; i++)
            {
                if (i > 0)
                    builder.End();
                builder.AppendQuoted(items[i]);
            }
        }
        else if (!builder.Splits)
        {
            builder.AppendExpansion(string.Join(isJoined ? process.Separators.Joint : " ", items));
        }
        else if (process.Separators.Joint is { Length: > 0 } joint && !process.Separators.IsBlank(joint[0]))
        {
            // Joined and split again, so that empty elements between others are fields.
            builder.AppendExpansion(string.Join(joint, items));
        }
        else
        {
            for (int i = 0; i < items.Count; i++)
            {
                if (i > 0)
                    builder.Break();
                builder.AppendExpansion(items[i]);
            }
        }
    }

    private ParameterValue Lookup(ParameterExpansion expansion)
    {
        string name = expansion.Name;
        char first = name[0];
        if (!char.IsAsciiLetter(first) && first != '_')
        {
            if (name is "@" or "*")
                return new ParameterValue.Many([.. process.Positional], name == "*");
            return new ParameterValue.Single(process.SpecialParameter(name));
        }

        if (expansion.Subscript is null)
            return new ParameterValue.Single(process.Variables.Value(name));
        if (expansion.IsAllElements)
        {
            Variable? variable = process.Variables.Find(name);
            bool joined = expansion.IsJoined;
            if (variable is null)
                return new ParameterValue.Many([], joined, []);
            if (variable.Has(VariableAttributes.Associative))
                return new ParameterValue.Many(variable.Associative?.Entries().ConvertAll(e => e.Value) ?? [], joined);
            if (variable.Has(VariableAttributes.Indexed))
                return new ParameterValue.Many(variable.Indexed?.Values() ?? [], joined, variable.Indexed?.Entries().Select(e => e.Index).ToList() ?? []);
            return new ParameterValue.Many(variable.Scalar is { } scalar ? [scalar] : [], joined, [0]);
        }

        return new ParameterValue.Single(Element(name, expansion.Subscript));
    }

    private string? Element(string name, Word subscript)
    {
        Variable? variable = process.Variables.Find(name);
        if (variable?.Has(VariableAttributes.Associative) == true)
            return variable.Associative?.Find(ExpandText(subscript));
        try
        {
            return process.Variables.FindElement(name, ExpandArithmetic(subscript), quoted: true);
        }
        catch (ExpressionException e)
        {
            throw ShellErrorException.Line(e.Message);
        }
    }

    private List<string> Keys(string name)
    {
        Variable? variable = process.Variables.Find(name);
        if (variable is null || !variable.IsSet)
            return [];
        if (variable.Has(VariableAttributes.Associative))
            return variable.Associative?.Entries().ConvertAll(e => e.Key) ?? [];
        if (variable.Has(VariableAttributes.Indexed))
            return variable.Indexed?.Entries().Select(e => e.Index.ToString(CultureInfo.InvariantCulture)).ToList() ?? [];
        return ["0"];
    }

    private long Length(ParameterExpansion expansion)
    {
        if (expansion.Name is "@" or "*")
            return process.Positional.Count;
        if (expansion.IsAllElements)
        {
            if (process.Options.NoUnset && process.Variables.Find(expansion.Name)?.IsSet != true)
                throw ShellErrorException.Unbound(expansion.Name);
            return Lookup(expansion) is ParameterValue.Many many ? many.Items.Count : 0;
        }

        string? text = ((ParameterValue.Single)Lookup(expansion)).Text;
        if (text is null && process.Options.NoUnset)
            throw ShellErrorException.Unbound(Shown(expansion));
        return text is null ? 0 : process.IsUtf8 ? Utf8Text.Length(text) : text.Length;
    }

    /// <summary>The expansion with the parameter that the named one's value names.</summary>
    private ParameterExpansion Indirect(ParameterExpansion expansion)
    {
        ParameterValue named = Lookup(new ParameterExpansion { Name = expansion.Name, Subscript = expansion.IsAllElements ? null : expansion.Subscript, Source = expansion.Source });
        if (named is ParameterValue.Many { Items.Count: 0 })
            return With(expansion, "!unset!", null);
        string? target = named is ParameterValue.Many many ? string.Join(' ', many.Items) : ((ParameterValue.Single)named).Text;
        if (target is null && process.Options.NoUnset)
            throw ShellErrorException.Unbound(expansion.Name);
        if (target is null)
        {
            if (expansion.Operator is ParameterOperator.UseDefault or ParameterOperator.UseAlternative)
                return With(expansion, "!unset!", null);
            throw ShellErrorException.Line($"{expansion.Source.TrimStart('$').Trim('{', '}').TrimStart('!')}: invalid indirect expansion");
        }

        int bracket = target.IndexOf('[');
        string name = bracket > 0 && target.EndsWith(']') ? target[..bracket] : target;
        bool special = name is [>= '0' and <= '9', ..] ? name.All(char.IsAsciiDigit) : name is "@" or "*" or "#" or "?" or "-" or "$" or "!";
        if (!special && !ShellProcess.IsName(name))
            throw ShellErrorException.Line($"{target}: invalid variable name");
        Word? subscript = null;
        if (name.Length < target.Length)
        {
            var parser = new Parser($"{target}=", process.ParserOptions);
            subscript = parser.ParseNext() is { Items: [{ AndOr.First.Commands: [Command.Simple { Assignments: [{ Assignment.Subscript: { } found }] }] }] } ? found : null;
        }

        return With(expansion, name, subscript);
    }

    private static ParameterExpansion With(ParameterExpansion expansion, string name, Word? subscript) => new()
    {
        Name = name,
        Subscript = subscript,
        Operator = expansion.Operator,
        CountsEmpty = expansion.CountsEmpty,
        Argument = expansion.Argument,
        Second = expansion.Second,
        Bounds = expansion.Bounds,
        Source = expansion.Source,
    };
}
