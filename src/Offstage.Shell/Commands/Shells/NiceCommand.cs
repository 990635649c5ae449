using System.Globalization;

namespace Offstage.Shell.Commands;

/// <summary>nice: the niceness is kept and told, and changes nothing: all processes share the threads of one.</summary>
internal sealed class NiceCommand : ICommand
{
    private const string Variable = "OFFSTAGE_NICENESS";

    private static readonly OptionTable table = new(
        "nice [OPTION] [COMMAND [ARG]...]",
        "Run COMMAND with an adjusted niceness; without it, print the current niceness.",
        new Option('n', "adjustment", "add integer N to the niceness (default 10)", OptionArgument.Required, "N"))
    { UsageErrorStatus = 125, StopsAtOperand = true };

    public string Name => "nice";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, Modern(context.Arguments), out int usage);
        if (options is null) return usage;
        int current = int.TryParse(context.Environment.GetValueOrDefault(Variable), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int kept) ? kept : 0;
        string? given = options.Value('n');
        int adjustment = 10;
        if (given is not null && !int.TryParse(given, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out adjustment))
        {
            context.Complain($"invalid adjustment '{given}'");
            return 125;
        }

        if (options.Operands.Count == 0)
        {
            if (given is not null) return table.Hint(context, "a command must be given with an adjustment");
            context.Output.WriteLine($"{current}");
            return 0;
        }

        var environment = new Dictionary<string, string>(context.Environment, StringComparer.Ordinal) { [Variable] = $"{Math.Clamp(current + (long)adjustment, -20, 19)}" };
        int status = context.Run(new CommandCall(options.Operands) { Environment = environment });
        if (status == 127) context.Complain($"'{options.Operands[0]}': No such file or directory");
        return status;
    }

    /// <summary>The old form <c>-5</c> of <c>-n 5</c>.</summary>
    private static List<string> Modern(IReadOnlyList<string> arguments)
    {
        var modern = new List<string>(arguments);
        if (modern.Count > 0 && modern[0].Length > 1 && modern[0][0] == '-' && modern[0].AsSpan(1).TrimStart("-+").IndexOfAnyExceptInRange('0', '9') < 0 && modern[0] != "--")
            modern[0] = "-n" + modern[0][1..];
        return modern;
    }
}
