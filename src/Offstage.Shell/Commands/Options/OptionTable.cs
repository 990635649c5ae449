using System.Text;

namespace Offstage.Shell;

/// <summary>The options of a command: made once, used for parsing as GNU's getopt_long does and for <c>--help</c>.</summary>
/// <param name="usage">The lines after <c>Usage: </c>, for instance <c>cat [OPTION]... [FILE]...</c>; several are separated by line ends.</param>
/// <param name="summary">What the command does, in a sentence or two.</param>
public sealed class OptionTable(string usage, string summary, params Option[] options)
{
    /// <summary>The status after a usage error: 1 for most tools, 2 for grep, ls, sort, diff.</summary>
    public int UsageErrorStatus { get; init; } = 1;

    /// <summary>Whether options end at the first operand, as for commands that run another: env, timeout, xargs.</summary>
    public bool StopsAtOperand { get; init; }

    /// <summary>Whether <c>-5</c> is an operand instead of options; commands that know such numbers take them out first.</summary>
    public bool NumbersAreOperands { get; init; }

    /// <summary>Whether the hint at <c>--help</c> begins with the name too, as diff's and cmp's do.</summary>
    public bool NamesItselfInHint { get; init; }

    /// <summary>Whether the hint at <c>--help</c> names <c>--usage</c>, too.</summary>
    public bool HasUsageOption { get; init; }

    public IReadOnlyList<Option> Options => options;

    /// <summary>Complains of a call that is wrong, and points to <c>--help</c>.</summary>
    /// <returns><see cref="UsageErrorStatus"/>.</returns>
    public int Hint(CommandContext context, string problem)
    {
        context.Complain(problem);
        context.Error.WriteLine($"{(NamesItselfInHint ? context.Name + ": " : "")}Try '{context.Name} --help'{(HasUsageOption ? $" or '{context.Name} --usage'" : "")} for more information.");
        context.Error.Flush();
        return UsageErrorStatus;
    }

    /// <summary>Parses the arguments of a call. Messages and help are written to the context.</summary>
    /// <param name="status">What to return when the answer is null.</param>
    /// <returns>Null when the command is done: after <c>--help</c>, <c>--version</c> or an error.</returns>
    public ParsedOptions? Parse(CommandContext context, out int status) => Parse(context, context.Arguments, out status);

    public ParsedOptions? Parse(CommandContext context, IReadOnlyList<string> arguments, out int status)
    {
        status = 0;
        var given = new List<GivenOption>();
        var operands = new List<string>();
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (argument == "--")
            {
                operands.AddRange(arguments.Skip(i + 1));
                break;
            }

            if (argument.Length < 2 || argument[0] != '-' || (NumbersAreOperands && char.IsAsciiDigit(argument[1])))
            {
                if (StopsAtOperand)
                {
                    operands.AddRange(arguments.Skip(i));
                    break;
                }

                operands.Add(argument);
                continue;
            }

            string? error = argument[1] == '-' ? TakeLong(argument[2..], arguments, ref i, given) : TakeShort(argument, arguments, ref i, given);
            if (error is not null)
            {
                status = Hint(context, error);
                return null;
            }

            if (given.Count > 0 && given[^1].Option == Help)
            {
                context.Output.Write(HelpText());
                return null;
            }

            if (given.Count > 0 && given[^1].Option == Version)
            {
                context.Output.WriteLine($"{context.Name} (Offstage)");
                return null;
            }
        }

        return new ParsedOptions(given, operands);
    }

    private static readonly Option Help = new('\0', "help", "display this help and exit");
    private static readonly Option Version = new('\0', "version", "output version information and exit");

    private string? TakeShort(string argument, IReadOnlyList<string> arguments, ref int i, List<GivenOption> given)
    {
        for (int at = 1; at < argument.Length; at++)
        {
            char letter = argument[at];
            Option? option = Array.Find(options, o => o.Letter == letter);
            if (option is null)
                return $"invalid option -- '{letter}'";
            if (option.Argument == OptionArgument.None)
            {
                given.Add(new GivenOption(option, null));
                continue;
            }

            string? value = at + 1 < argument.Length ? argument[(at + 1)..] : null;
            if (value is null && option.Argument == OptionArgument.Required)
            {
                if (i + 1 >= arguments.Count)
                    return $"option requires an argument -- '{letter}'";
                value = arguments[++i];
            }

            given.Add(new GivenOption(option, value));
            return null;
        }

        return null;
    }

    private string? TakeLong(string text, IReadOnlyList<string> arguments, ref int i, List<GivenOption> given)
    {
        int equals = text.IndexOf('=');
        string name = equals < 0 ? text : text[..equals];
        string? value = equals < 0 ? null : text[(equals + 1)..];
        IEnumerable<Option> all = options.Append(Help).Append(Version);
        Option? option = all.FirstOrDefault(o => o.LongName == name);
        if (option is null)
        {
            List<Option> candidates = [.. all.Where(o => o.LongName?.StartsWith(name, StringComparison.Ordinal) == true)];
            if (candidates.Count == 0)
                return $"unrecognized option '--{name}'";
            if (candidates.Select(c => c.Key).Distinct().Count() > 1)
                return $"option '--{name}' is ambiguous; possibilities:{string.Concat(candidates.Select(c => $" '--{c.LongName}'"))}";
            option = candidates[0];
        }

        if (option.Argument == OptionArgument.None && value is not null)
            return $"option '--{option.LongName}' doesn't allow an argument";
        if (option.Argument == OptionArgument.Required && value is null)
        {
            if (i + 1 >= arguments.Count)
                return $"option '--{option.LongName}' requires an argument";
            value = arguments[++i];
        }

        given.Add(new GivenOption(option, value));
        return null;
    }

    private string HelpText()
    {
        var text = new StringBuilder();
        string before = "Usage: ";
        foreach (string line in usage.Split('\n'))
        {
            text.Append(before).Append(line).Append('\n');
            before = "  or:  ";
        }

        text.Append(summary).Append("\n\n");
        foreach (Option option in options.Append(Help).Append(Version))
        {
            string form = option.Letter == '\0' ? "    " : $"-{option.Letter}" + (option.LongName is null ? "" : ", ");
            form += option.LongName is null ? "" : $"--{option.LongName}";
            form += option.Argument switch
            {
                OptionArgument.Required => option.LongName is null ? $" {option.ArgumentName}" : $"={option.ArgumentName}",
                OptionArgument.Optional => $"[={option.ArgumentName}]",
                _ => "",
            };
            text.Append(form.Length < 24 ? $"  {form,-24} {option.Help}\n" : $"  {form}\n{"",27}{option.Help}\n");
        }

        return text.ToString();
    }
}
