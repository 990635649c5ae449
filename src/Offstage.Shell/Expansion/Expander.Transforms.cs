using System.Text;
using Offstage.Shell.Execution;
using Offstage.Shell.Syntax;
using Offstage.Shell.Variables;

namespace Offstage.Shell.Expansion;

/// <summary>The operators <c>${name@letter}</c>.</summary>
internal sealed partial class Expander
{
    private void Transform(ParameterExpansion expansion, ParameterValue value, FieldBuilder builder, Context context)
    {
        char letter = expansion.Argument.Text[0];
        Variable? variable = ShellProcess.IsName(expansion.Name) ? process.Variables.Find(expansion.Name) : null;
        switch (letter)
        {
            case 'a':
                string attributes = variable is null ? "" : Declarations.Flags(variable);
                AppendValue(value is ParameterValue.Many every ? every with { Items = every.Items.ConvertAll(_ => attributes) } : new ParameterValue.Single(attributes), builder, context);
                return;
            case 'A':
                AppendResult(Assignment(expansion, value, variable), builder, context);
                return;
            case 'K' when value is ParameterValue.Many many && !expansion.IsAllPositional:
                string pairs = string.Join(' ', Keys(expansion.Name).Zip(many.Items, (k, v) => $"{Declarations.Key(k, variable, process.IsUtf8)} {ShellQuoting.Double(v, process.IsUtf8)}"));
                AppendResult(variable?.Has(VariableAttributes.Associative) == true ? pairs + " " : pairs, builder, context);
                return;
            case 'k' when value is ParameterValue.Many many && !expansion.IsAllPositional:
                AppendList([.. Keys(expansion.Name).Zip(many.Items, (k, v) => (string[])[k, v]).SelectMany(p => p)], many.IsJoined, builder, context);
                return;
        }

        if (value is ParameterValue.Single { Text: null })
        {
            if (process.Options.NoUnset)
                throw ShellErrorException.Unbound(Shown(expansion));
            return;
        }

        Func<string, string> map = letter switch
        {
            'Q' or 'K' or 'k' => text => ShellQuoting.Quote(text, process.IsUtf8),
            'E' => text => AnsiEscapes.Decode(text),
            'P' => text => PromptText.Decode(process, text),
            'U' => text => CaseText.ToUpper(text, process.IsUtf8),
            'L' => text => CaseText.ToLower(text, process.IsUtf8),
            'u' => text => text.Length == 0 ? text : CaseText.ToUpper(text[..1], false) + text[1..],
            _ => throw ShellErrorException.Line($"{expansion.Source}: bad substitution"),
        };
        AppendValue(value switch
        {
            ParameterValue.Many all => all with { Items = all.Items.ConvertAll(i => map(i)) },
            ParameterValue.Single { Text: { } text } => new ParameterValue.Single(map(text)),
            _ => value,
        }, builder, context);
    }

    /// <summary>An assignment or declaration that makes the parameter again.</summary>
    private string Assignment(ParameterExpansion expansion, ParameterValue value, Variable? variable)
    {
        if (expansion.IsAllPositional)
            return "set -- " + string.Join(' ', ((ParameterValue.Many)value).Items.Select(i => ShellQuoting.Quote(i, process.IsUtf8)));
        if (variable is null)
            return "";
        string flags = Declarations.Flags(variable);
        if (value is ParameterValue.Many)
            return $"declare -{(flags.Length == 0 ? "-" : flags)} {expansion.Name}={Declarations.ArrayText(variable, process.IsUtf8)}";
        string? text = ((ParameterValue.Single)value).Text;
        string declared = text is null ? expansion.Name : $"{expansion.Name}={ShellQuoting.Quote(text, process.IsUtf8)}";
        if (flags.Length > 0)
            return $"declare -{flags} {declared}";
        return text is null ? "" : declared;
    }
}
