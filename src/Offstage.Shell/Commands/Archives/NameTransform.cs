using Offstage.Shell.Commands.Sed;
using Offstage.Shell.Commands.Text;
using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Archives;

/// <summary>tar's <c>--transform</c>: replacements of sed that names of members go through.</summary>
internal sealed class NameTransform
{
    private readonly List<(SedSubstitution Substitution, bool Members, bool SymbolicLinks, bool HardLinks)> rules = [];
    private readonly CommandContext context;

    /// <exception cref="CommandFailedException">An expression is none.</exception>
    public NameTransform(CommandContext context, IEnumerable<string> expressions)
    {
        this.context = context;
        foreach (string expression in expressions) Add(expression);
    }

    public string Member(string name) => Apply(name, r => r.Members);

    /// <param name="type">The type flag of the link.</param>
    public string Target(string target, char type) => Apply(target, type == '2' ? r => r.SymbolicLinks : r => r.HardLinks);

    private void Add(string expression)
    {
        string letters = "";
        if (expression.StartsWith("flags=", StringComparison.Ordinal) && expression.IndexOf(';') is > 0 and var end)
        {
            letters = expression["flags=".Length..end];
            expression = expression[(end + 1)..];
        }

        if (expression.Length < 2 || expression[0] != 's') throw Invalid(expression);
        int flags = expression.LastIndexOf(expression[1]) + 1;
        letters += expression[flags..];
        string forSed = string.Concat(expression[flags..].Where(c => !"rRsShHx".Contains(c)));
        var script = new SedScript();
        script.AddExpression(expression[..flags] + forSed);
        try
        {
            var parsed = SedParser.Parse(script, new(letters.Contains('x'), context.IsUtf8, Sandbox: true));
            if (parsed is not [{ Substitution: { Pattern.Regex: not null } substitution }]) throw Invalid(expression);
            rules.Add((substitution, !letters.Contains('R'), !letters.Contains('S'), !letters.Contains('H')));
        }
        catch (SedSyntaxException)
        {
            throw Invalid(expression);
        }
    }

    private string Apply(string name, Func<(SedSubstitution Substitution, bool Members, bool SymbolicLinks, bool HardLinks), bool> applies)
    {
        if (rules.Count == 0) return name;
        var built = new ByteText(context.Budget);
        var groups = new Group[SedSubstitution.GroupCount];
        foreach (var rule in rules.Where(applies))
        {
            if (rule.Substitution.TryReplace(context, rule.Substitution.Pattern.Regex!, Latin.Bytes(name), built, groups, context.IsUtf8)) name = built.ToString();
        }

        return name;
    }

    private static CommandFailedException Invalid(string expression) => new($"Invalid transform expression: {expression}", 2);
}
