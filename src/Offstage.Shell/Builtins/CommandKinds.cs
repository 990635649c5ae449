using Offstage.Shell.Execution;
using Offstage.Shell.Expansion;
using Offstage.Shell.Syntax;

namespace Offstage.Shell.Builtins;

/// <summary>What a name would run.</summary>
internal static class CommandKinds
{
    public static readonly string[] Reserved =
    [
        "if", "then", "else", "elif", "fi", "case", "esac", "for", "select", "while", "until", "do", "done", "in", "function", "time", "{", "}", "!", "[[", "]]", "coproc",
    ];

    /// <summary>In a word: alias, keyword, function, builtin, file. All of them when asked for, the first one first.</summary>
    public static IEnumerable<(string Kind, string Detail)> Find(ShellProcess process, string name, bool all, bool functions = true)
    {
        bool found = false;
        if (process.Aliases.TryGetValue(name, out string? alias) && process.Options.Shopt("expand_aliases"))
        {
            yield return ("alias", alias);
            found = true;
        }

        if ((all || !found) && Reserved.Contains(name))
        {
            yield return ("keyword", name);
            found = true;
        }

        if ((all || !found) && functions && process.Functions.TryGetValue(name, out Command.Function? function))
        {
            yield return ("function", ScriptPrinter.Print(function));
            found = true;
        }

        if ((all || !found) && BuiltinTable.Find(name) is not null && !process.DisabledBuiltins.Contains(name))
        {
            yield return ("builtin", name);
            found = true;
        }

        if (all || !found)
        {
            foreach (string path in Paths(process, name, all))
                yield return ("file", path);
        }
    }

    public static IEnumerable<string> Paths(ShellProcess process, string name, bool all)
    {
        if (name.Contains('/'))
        {
            if (process.Locate(name) is Found.Program or Found.Script)
                yield return name;
            yield break;
        }

        foreach (string directory in (process.Variables.Value("PATH") ?? "").Split(':'))
        {
            string path = directory.Length == 0 ? "./" + name : PathText.Join(directory, name);
            if (process.Locate(path) is not (Found.Program or Found.Script))
                continue;
            yield return path;
            if (!all)
                yield break;
        }
    }

    /// <summary>As <c>command -v</c> tells it; null when there is nothing of the name.</summary>
    public static string? Short(ShellProcess process, string name)
    {
        foreach ((string kind, string detail) in Find(process, name, all: false))
        {
            return kind switch
            {
                "alias" => $"alias {name}={ShellQuoting.Single(detail)}",
                "file" => detail,
                _ => name,
            };
        }

        return null;
    }

    /// <summary>As <c>type</c> tells it; null when there is nothing of the name.</summary>
    public static string? Describe(ShellProcess process, string name)
    {
        foreach ((string kind, string detail) in Find(process, name, all: false))
            return Sentence(process, name, kind, detail);
        return null;
    }

    public static string Sentence(ShellProcess process, string name, string kind, string detail, bool hashed = true) => kind switch
    {
        "alias" => $"{name} is aliased to `{detail}'",
        "keyword" => $"{name} is a shell keyword",
        "function" => $"{name} is a function\n{detail}",
        "builtin" => $"{name} is a shell builtin",
        _ => hashed && process.Hashed.TryGetValue(name, out (string Path, int Hits) known) && known.Path == detail ? $"{name} is hashed ({detail})" : $"{name} is {detail}",
    };
}
