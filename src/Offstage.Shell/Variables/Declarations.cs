using System.Text;
using Offstage.Shell.Expansion;

namespace Offstage.Shell.Variables;

/// <summary>Variables written as the declarations that make them.</summary>
internal static class Declarations
{
    /// <summary>The attributes' letters, in the order in which they are shown.</summary>
    public static string Flags(Variable variable)
    {
        var flags = new StringBuilder();
        foreach ((VariableAttributes attribute, char letter) in Letters)
        {
            if (variable.Has(attribute))
                flags.Append(letter);
        }

        return flags.ToString();
    }

    private static readonly (VariableAttributes Attribute, char Letter)[] Letters =
    [
        (VariableAttributes.Indexed, 'a'), (VariableAttributes.Associative, 'A'), (VariableAttributes.Integer, 'i'), (VariableAttributes.Reference, 'n'),
        (VariableAttributes.ReadOnly, 'r'), (VariableAttributes.Traced, 't'), (VariableAttributes.Exported, 'x'), (VariableAttributes.Capitalize, 'c'),
        (VariableAttributes.Lower, 'l'), (VariableAttributes.Upper, 'u'),
    ];

    /// <summary>As <c>declare -p</c> shows it.</summary>
    public static string Declaration(string name, Variable variable, bool isUtf8)
    {
        string flags = Flags(variable);
        string text = $"declare -{(flags.Length == 0 ? "-" : flags)} {name}";
        if (variable.IsArray)
            return variable.Indexed is null && variable.Associative is null ? text : $"{text}={ArrayText(variable, isUtf8)}";
        return variable.Scalar is { } value ? $"{text}={ShellQuoting.Double(value, isUtf8)}" : text;
    }

    /// <summary>The elements in parentheses.</summary>
    public static string ArrayText(Variable variable, bool isUtf8)
    {
        var text = new StringBuilder("(");
        if (variable.Associative is { } map)
        {
            foreach ((string key, string value) in map.Entries())
                text.Append('[').Append(Key(key, variable, isUtf8)).Append("]=").Append(ShellQuoting.Double(value, isUtf8)).Append(' ');
        }
        else
        {
            foreach ((long index, string value) in variable.Indexed?.Entries() ?? [])
                text.Append(text.Length > 1 ? " [" : "[").Append(index).Append("]=").Append(ShellQuoting.Double(value, isUtf8));
        }

        return text.Append(')').ToString();
    }

    /// <summary>A key, in quotes where it must be.</summary>
    public static string Key(string key, Variable? variable, bool isUtf8)
    {
        if (variable?.Has(VariableAttributes.Associative) != true)
            return key;
        bool quoted = key.Length == 0 || ShellQuoting.NeedsAnsi(key, isUtf8) || key.Any(c => " \t\n'\"\\|&;()<>!{}*[]?^$`@".Contains(c)) || key[0] is '#' or '~';
        return quoted ? ShellQuoting.Double(key, isUtf8) : key;
    }
}
