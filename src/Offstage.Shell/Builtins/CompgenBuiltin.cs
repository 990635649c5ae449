using Offstage.Shell.Execution;
using Offstage.Shell.Variables;

namespace Offstage.Shell.Builtins;

/// <summary>Lists what a name could be completed to. Scripts use it to ask which functions or variables there are.</summary>
internal sealed class CompgenBuiltin : IBuiltin
{
    public string Name => "compgen";

    public string Usage => "compgen [-abcdefgjksuv] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [word]";

    public int Run(BuiltinCall call)
    {
        if (call.Options("abcdefgjksuvo:A:G:W:F:C:X:P:S:", out int next, out int status) is not { } options)
            return status;
        ShellProcess process = call.Process;
        string word = next < call.Arguments.Count ? call.Arguments[next] : "";
        var names = new List<string>();
        foreach ((char letter, string? value) in options)
        {
            string action = letter == 'A' ? value! : letter switch
            {
                'a' => "alias",
                'b' => "builtin",
                'c' => "command",
                'd' => "directory",
                'e' => "export",
                'f' => "file",
                'k' => "keyword",
                'v' => "variable",
                'j' => "job",
                'W' => "words",
                'G' => "glob",
                _ => "",
            };
            names.AddRange(action switch
            {
                "alias" => process.Aliases.Keys.Order(StringComparer.Ordinal),
                "builtin" => BuiltinTable.Names,
                "function" => process.Functions.Keys.Order(StringComparer.Ordinal),
                "keyword" => CommandKinds.Reserved,
                "variable" => process.Variables.Names.Where(n => process.Variables.FindRaw(n)!.IsSet).Order(StringComparer.Ordinal),
                "export" => process.Variables.Names.Where(n => process.Variables.FindRaw(n)!.Has(VariableAttributes.Exported)).Order(StringComparer.Ordinal),
                "arrayvar" => process.Variables.Names.Where(n => process.Variables.FindRaw(n)!.IsArray).Order(StringComparer.Ordinal),
                "shopt" => ShellOptionSet.ShoptNames,
                "setopt" => ShellOptionSet.SetNames.Select(n => n.Name),
                "signal" => Enumerable.Range(1, Signals.Max).Select(Signals.Name).OfType<string>().Select(n => "SIG" + n),
                "command" => CommandKinds.Reserved.Concat(process.Functions.Keys).Concat(BuiltinTable.Names).Concat(process.Session.Commands.Names.Order(StringComparer.Ordinal)),
                "file" or "directory" => Files(process, word, action == "directory"),
                "words" => Words(process, value!),
                "glob" => process.Globber.Find(value!),
                _ => [],
            });
        }

        string prefix = options.LastOrDefault(o => o.Letter == 'P').Value ?? "";
        string suffix = options.LastOrDefault(o => o.Letter == 'S').Value ?? "";
        List<string> matching = [.. names.Where(n => n.StartsWith(word, StringComparison.Ordinal))];
        foreach (string name in matching)
            call.WriteLine(prefix + name + suffix);
        return matching.Count > 0 ? 0 : 1;
    }

    private static IEnumerable<string> Words(ShellProcess process, string list)
    {
        var builder = new Expansion.FieldBuilder(splits: true, process.Separators);
        builder.AppendExpansion(process.Expander.ExpandQuotedText(list));
        builder.Break();
        return builder.Fields;
    }

    private static IEnumerable<string> Files(ShellProcess process, string word, bool directories)
        => process.Globber.Find(Expansion.MarkedText.MarkAll(word) + "*")
            .Where(n => !directories || (process.Files.Stat(PathText.Absolute(process.WorkingDirectory, n), true, out FileStatus status) == FileError.None && status.IsDirectory));
}
