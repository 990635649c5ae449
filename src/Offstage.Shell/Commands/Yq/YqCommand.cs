namespace Offstage.Shell.Commands.Yq;

/// <summary>yq, version 4: jq's language over YAML, JSON and what else <c>-p</c> names.</summary>
/// <remarks>
/// Not there: what yq has beyond jq about YAML's own things (comments, styles, anchors: <c>line_comment</c>, <c>style</c>, <c>explode</c>), its
/// date and string operators of other names, and the formats xml, lua, shell and base64. Comments of the input are not kept.
/// </remarks>
internal sealed class YqCommand : ICommand
{
    private static readonly OptionTable table = new(
        "yq [flags] [expression] [file]...\nyq eval [flags] [expression] [file]...\nyq eval-all [flags] [expression] [file]...",
        "yq is a portable command-line data file processor. The expression language is jq's.",
        new('e', "exit-status", "set exit status if there are no matches or null or false is returned"),
        new('i', "inplace", "update the file in place of first file given"),
        new('I', "indent", "sets indent level for output", OptionArgument.Required, "int"),
        new('j', "tojson", "output as JSON"),
        new('n', "null-input", "don't read input, simply evaluate the expression given"),
        new('N', "no-doc", "don't print document separators (---)"),
        new('o', "output-format", "yaml, json, props, csv or tsv", OptionArgument.Required, "format"),
        new('p', "input-format", "yaml, json, props, csv or tsv", OptionArgument.Required, "format"),
        new('P', "prettyPrint", "pretty print"),
        new('r', "unwrapScalar", "unwrap scalar, print the value with no quotes", OptionArgument.Optional, "bool"),
        new('M', "no-colors", "force print with no colors"),
        new('C', "colors", "(ignored)"),
        new('\0', "expression", "specify the expression", OptionArgument.Required, "expression"),
        new('\0', "from-file", "load the expression from a file", OptionArgument.Required, "file"),
        new('s', "split-exp", "(not supported)", OptionArgument.Required, "expression"));

    public string Name => "yq";

    public int Run(CommandContext context)
    {
        List<string> arguments = [.. context.Arguments];
        bool all = arguments.Remove("eval-all") || arguments.Remove("ea");
        if (arguments.Count > 0 && arguments[0] is "eval" or "e") arguments.RemoveAt(0);
        ParsedOptions? options = table.Parse(context, arguments, out int status);
        if (options is null) return status;
        if (options.Has('s')) throw new CommandFailedException("Error: splitting into files is not supported");
        try
        {
            return new YqSession(context, options, all).Run();
        }
        catch (CommandFailedException failed) when (failed.Message.StartsWith("Error:", StringComparison.Ordinal))
        {
            // Without the name, as yq itself writes them.
            context.Output.Flush();
            context.Error.WriteLine(failed.Message);
            return failed.Status;
        }
    }
}
