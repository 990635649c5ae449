using Offstage.Shell.Execution;
using Offstage.Shell.Expansion;
using Offstage.Shell.Streams;
using Offstage.Shell.Variables;

namespace Offstage.Shell.Builtins.Completion;

/// <summary>Finds what a word can be completed to.</summary>
internal sealed class CompletionMatches(BuiltinCall call, CompletionSpecification specification, string word)
{
    private readonly ShellProcess process = call.Process;

    public List<string> Find()
    {
        List<string> found = [.. specification.Actions.SelectMany(Named).Where(BeginsWithWord)];
        if (specification.Glob is { } pattern)
            found.AddRange(process.Globber.Find(pattern));
        if (specification.Words is { } words)
            found.AddRange(Split(words).Where(BeginsWithWord));
        if (specification.Function is { } function)
            found.AddRange(FromFunction(function));
        if (specification.Command is { } command)
            found.AddRange(FromCommand(command));
        if (specification.Filter is { Length: > 0 } filter)
            Remove(found, filter);
        found = found.ConvertAll(f => specification.Prefix + f + specification.Suffix);
        if (found.Count == 0 && specification.Options.Contains("bashdefault") && word.Length > 0)
            found.AddRange(process.Globber.Find(word));
        if (found.Count == 0 && specification.Options.Contains("default"))
            found.AddRange(Files(directories: false));
        if (specification.Options.Contains("plusdirs") || (found.Count == 0 && specification.Options.Contains("dirnames")))
            found.AddRange(Files(directories: true));
        return found;
    }

    private bool BeginsWithWord(string candidate) => candidate.StartsWith(word, StringComparison.Ordinal);

    private IEnumerable<string> Named(string action) => action switch
    {
        "alias" => process.Aliases.Keys.Order(StringComparer.Ordinal),
        "builtin" or "helptopic" => BuiltinTable.Names,
        "enabled" => BuiltinTable.Names.Where(n => !process.DisabledBuiltins.Contains(n)),
        "disabled" => BuiltinTable.Names.Where(process.DisabledBuiltins.Contains),
        "function" => process.Functions.Keys.Order(StringComparer.Ordinal),
        "keyword" => CommandKinds.Reserved,
        "variable" => Variables(v => v.IsSet),
        "export" => Variables(v => v.Has(VariableAttributes.Exported)),
        "arrayvar" => Variables(v => v.IsArray),
        "shopt" => ShellOptionSet.ShoptNames,
        "setopt" => ShellOptionSet.SetNames.Select(n => n.Name),
        "signal" => Enumerable.Range(1, Signals.Max).Select(Signals.Name).OfType<string>().Select(n => "SIG" + n),
        "user" or "group" => ((string[])["root", process.Session.Settings.UserName]).Distinct(),
        "job" or "running" => process.Jobs.All.Where(j => !j.Process.IsDone).Select(j => j.Text.Split(' ')[0]),
        "command" => CommandKinds.Reserved.Concat(process.Functions.Keys).Concat(BuiltinTable.Names).Concat(process.Session.Commands.Names.Order(StringComparer.Ordinal)),
        "file" or "directory" => Files(action == "directory"),
        // There are no key bindings, hosts, services or stopped jobs here.
        _ => [],
    };

    private IEnumerable<string> Variables(Func<Variable, bool> counts)
        => process.Variables.Names.Where(n => counts(process.Variables.FindRaw(n)!)).Order(StringComparer.Ordinal);

    private IEnumerable<string> Files(bool directories)
        => process.Globber.Find(MarkedText.MarkAll(word) + "*")
            .Where(n => !directories || (process.Files.Stat(PathText.Absolute(process.WorkingDirectory, n), true, out FileStatus status) == FileError.None && status.IsDirectory));

    /// <summary>The words of a list: quotes hold them together, the rest is expanded and split at IFS.</summary>
    private List<string> Split(string list)
    {
        var builder = new FieldBuilder(splits: true, process.Separators);
        int at = 0;
        while (at < list.Length)
        {
            int end;
            switch (list[at])
            {
                case '\\' when at + 1 < list.Length:
                    builder.AppendQuoted(list.Substring(at + 1, 1));
                    at += 2;
                    continue;
                case '\'' when list.IndexOf('\'', at + 1) is > 0 and var close:
                    builder.AppendQuoted(list[(at + 1)..close]);
                    at = close + 1;
                    continue;
                case '"' when (end = DoubleQuoteEnd(list, at)) > 0:
                    builder.Start();
                    builder.AppendQuoted(process.Expander.ExpandQuotedText(list[(at + 1)..end]));
                    at = end + 1;
                    continue;
            }

            end = PlainEnd(list, at);
            builder.AppendExpansion(process.Expander.ExpandQuotedText(list[at..end]));
            at = end;
        }

        builder.Break();
        return builder.Fields.ConvertAll(MarkedText.Unmark);
    }

    private static int DoubleQuoteEnd(string list, int open)
    {
        for (int i = open + 1; i < list.Length; i++)
        {
            if (list[i] == '"')
                return i;
            i += list[i] == '\\' ? 1 : 0;
        }

        return -1;
    }

    /// <summary>Where unquoted text ends: before a quote that is not within a substitution.</summary>
    private static int PlainEnd(string list, int at)
    {
        int depth = 0;
        for (int i = at; i < list.Length; i++)
        {
            depth += list[i] is '(' or '{' ? 1 : list[i] is ')' or '}' ? -1 : 0;
            if (i > at && depth <= 0 && list[i] is '\\' or '\'' or '"')
                return i;
        }

        return list.Length;
    }

    private IReadOnlyList<string> FromFunction(string name)
    {
        call.Complain("warning: -F option may not work as you expect");
        if (!process.Functions.TryGetValue(name, out Syntax.Command.Function? function))
        {
            process.Complain($"completion: function `{name}' not found");
            return [];
        }

        _ = process.Variables.Unset("COMPREPLY");
        _ = process.CallFunction(function, [name, call.Arguments[0], word, ""]);
        Variable? reply = process.Variables.Find("COMPREPLY");
        List<string> found = reply?.Indexed is { } array ? [.. array.Entries().Select(e => e.Value)] : reply?.Scalar is { } one ? [one] : [];
        _ = process.Variables.Unset("COMPREPLY");
        return found;
    }

    private string[] FromCommand(string command)
    {
        call.Complain("warning: -C option may not work as you expect");
        var capture = new Capture(process.Budget);
        ShellProcess child = process.Fork();
        child.Descriptors.Set(1, capture);
        _ = child.RunToEnd(p => p.Evaluate($"{command} {ShellQuoting.Single(call.Arguments[0])} {ShellQuoting.Single(word)} ''", "eval"));
        string output = capture.TakeValue(out _);
        return output.Length == 0 ? [] : output.Split('\n');
    }

    private void Remove(List<string> found, string filter)
    {
        bool keeps = filter[0] == '!';
        string pattern = (keeps ? filter[1..] : filter).Replace("&", MarkedText.MarkAll(word), StringComparison.Ordinal);
        Pattern compiled = Pattern.Compile(pattern, process.PatternOptions(process.Options.Shopt("nocasematch")));
        found.RemoveAll(f => compiled.Matches(f, process.Interruption) != keeps);
    }
}
