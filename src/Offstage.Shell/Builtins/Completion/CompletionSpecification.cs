using System.Text;
using Offstage.Shell.Expansion;

namespace Offstage.Shell.Builtins.Completion;

/// <summary>What a command's words can be completed to, as the options of <c>complete</c> and <c>compgen</c> say it.</summary>
internal sealed record CompletionSpecification
{
    /// <summary>The letters of options that <see cref="Parse"/> takes; a colon demands an argument.</summary>
    public const string Letters = "abcdefgjksuvo:A:G:W:F:C:X:P:S:";

    public static readonly string[] OptionNames = ["bashdefault", "default", "dirnames", "filenames", "noquote", "nosort", "nospace", "plusdirs"];

    private static readonly (char Letter, string Action)[] LetterActions =
    [
        ('a', "alias"), ('b', "builtin"), ('c', "command"), ('d', "directory"), ('e', "export"), ('f', "file"), ('g', "group"), ('j', "job"),
        ('k', "keyword"), ('s', "service"), ('u', "user"), ('v', "variable"),
    ];

    private static readonly string[] NamedActions =
    [
        "arrayvar", "binding", "disabled", "enabled", "function", "helptopic", "hostname", "running", "setopt", "shopt", "signal", "stopped",
    ];

    /// <summary>Of <see cref="OptionNames"/>.</summary>
    public IReadOnlySet<string> Options { get; init; } = new HashSet<string>();

    public IReadOnlySet<string> Actions { get; private init; } = new HashSet<string>();

    public string? Glob { get; private init; }

    public string? Words { get; private init; }

    public string? Function { get; private init; }

    public string? Command { get; private init; }

    /// <summary>A pattern of what is left out; with <c>!</c> before it, of what is not.</summary>
    public string? Filter { get; private init; }

    public string? Prefix { get; private init; }

    public string? Suffix { get; private init; }

    /// <summary>Reads given options; letters that are not of a specification are passed over.</summary>
    /// <returns>Null when an action or option has a name that there is not; that was told.</returns>
    public static CompletionSpecification? Parse(BuiltinCall call, List<(char Letter, string? Value)> given)
    {
        var options = new HashSet<string>();
        var actions = new HashSet<string>();
        foreach ((char letter, string? value) in given)
        {
            string? action = letter == 'A' ? value : LetterActions.FirstOrDefault(l => l.Letter == letter).Action;
            if (letter == 'o' && !OptionNames.Contains(value!))
            {
                call.Complain($"{value}: invalid option name");
                return null;
            }

            if (action is not null && !NamedActions.Contains(action) && !LetterActions.Any(l => l.Action == action))
            {
                call.Complain($"{action}: invalid action name");
                return null;
            }

            if (letter == 'o')
                options.Add(value!);
            else if (action is not null)
                actions.Add(action);
        }

        string? Value(char letter) => given.LastOrDefault(g => g.Letter == letter).Value;
        return new CompletionSpecification
        {
            Options = options,
            Actions = actions,
            Glob = Value('G'),
            Words = Value('W'),
            Function = Value('F'),
            Command = Value('C'),
            Filter = Value('X'),
            Prefix = Value('P'),
            Suffix = Value('S'),
        };
    }

    /// <summary>The call of <c>complete</c> that makes it.</summary>
    /// <param name="name">A command, or an option such as <c>-D</c>.</param>
    public string Print(string name)
    {
        var text = new StringBuilder("complete");
        foreach (string option in OptionNames.Where(Options.Contains))
            text.Append(" -o ").Append(option);
        foreach ((char letter, string action) in LetterActions.Where(l => Actions.Contains(l.Action)))
            text.Append(" -").Append(letter);
        foreach (string action in NamedActions.Where(Actions.Contains))
            text.Append(" -A ").Append(action);
        foreach ((char letter, string? value) in ((char, string?)[])[('G', Glob), ('W', Words), ('P', Prefix), ('S', Suffix), ('X', Filter), ('C', Command)])
        {
            if (value is not null)
                text.Append(" -").Append(letter).Append(' ').Append(ShellQuoting.Single(value));
        }

        if (Function is not null)
            text.Append(" -F ").Append(Function);
        return text.Append(' ').Append(name is "-D" or "-E" or "-I" ? name : ShellQuoting.IfNeeded(name, isUtf8: true)).ToString();
    }
}
