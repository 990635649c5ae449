using Offstage.Shell.Variables;

namespace Offstage.Shell.Builtins;

/// <summary>What a declaration asks for.</summary>
internal sealed record DeclarationOptions
{
    /// <summary>Where the names begin.</summary>
    public int Next { get; set; }

    public VariableAttributes On { get; set; }

    public VariableAttributes Off { get; set; }

    public bool Functions { get; private set; }

    public bool FunctionNames { get; private set; }

    public bool Global { get; private set; }

    public bool Inherits { get; private set; }

    public bool Prints { get; private set; }

    public bool IsLocal { get; set; }

    /// <summary>Whether a variable is taken as it is seen, instead of made local: <c>export</c>, <c>readonly</c>.</summary>
    public bool KeepsScope { get; init; }

    /// <returns>The status of a usage error; null when all is well.</returns>
    public static int? Parse(BuiltinCall call, out DeclarationOptions options)
    {
        options = new DeclarationOptions { Next = 1 };
        for (; options.Next < call.Arguments.Count; options.Next++)
        {
            string argument = call.Arguments[options.Next];
            if (argument is "--")
            {
                options.Next++;
                break;
            }

            if (argument.Length < 2 || argument[0] is not ('-' or '+'))
                break;
            foreach (char letter in argument.AsSpan(1))
            {
                if (!options.Take(letter, argument[0] == '-'))
                    return call.InvalidOption($"{argument[0]}{letter}");
            }
        }

        return null;
    }

    private bool Take(char letter, bool on)
    {
        VariableAttributes attribute = letter switch
        {
            'a' => VariableAttributes.Indexed,
            'A' => VariableAttributes.Associative,
            'i' => VariableAttributes.Integer,
            'l' => VariableAttributes.Lower,
            'u' => VariableAttributes.Upper,
            'c' => VariableAttributes.Capitalize,
            'n' => VariableAttributes.Reference,
            'r' => VariableAttributes.ReadOnly,
            'x' => VariableAttributes.Exported,
            't' => VariableAttributes.Traced,
            _ => VariableAttributes.None,
        };
        switch (letter)
        {
            case 'f':
                Functions = true;
                return true;
            case 'F':
                FunctionNames = true;
                return true;
            case 'g':
                Global = true;
                return true;
            case 'I':
                Inherits = true;
                return true;
            case 'p':
                Prints = true;
                return true;
        }

        if (on)
            On |= attribute;
        else
            Off |= attribute;
        return attribute != VariableAttributes.None;
    }
}
