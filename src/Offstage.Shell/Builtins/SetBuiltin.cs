using Offstage.Shell.Execution;
using Offstage.Shell.Variables;

namespace Offstage.Shell.Builtins;

internal sealed class SetBuiltin : IBuiltin
{
    public string Name => "set";

    public string Usage => "set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]";

    public bool IsSpecial => true;

    public int Run(BuiltinCall call)
    {
        ShellProcess process = call.Process;
        if (call.Arguments.Count == 1)
        {
            foreach (string name in process.Variables.Names.Order(StringComparer.Ordinal).ToArray())
            {
                if (process.Variables.FindRaw(name) is { IsSet: true } variable && !name.StartsWith("BASH_FUNC_", StringComparison.Ordinal))
                    call.WriteLine(DeclarationList.Plain(name, variable, process.IsUtf8));
            }

            foreach ((_, Syntax.Command.Function function) in process.Functions.OrderBy(f => f.Key, StringComparer.Ordinal))
                call.WriteLine(Syntax.ScriptPrinter.Print(function));
            return 0;
        }

        int at = 1;
        for (; at < call.Arguments.Count; at++)
        {
            string argument = call.Arguments[at];
            if (argument == "--")
            {
                process.Positional = call.Arguments.GetRange(at + 1, call.Arguments.Count - at - 1);
                return 0;
            }

            if (argument == "-")
            {
                process.Options.Set("xtrace", false);
                process.Options.Set("verbose", false);
                at++;
                if (at == call.Arguments.Count)
                    return 0;
                break;
            }

            if (argument.Length < 2 || argument[0] is not ('-' or '+'))
                break;
            bool on = argument[0] == '-';
            foreach (char letter in argument.AsSpan(1))
            {
                if (letter == 'o')
                {
                    if (at + 1 == call.Arguments.Count)
                    {
                        ShowOptions(call, on);
                        continue;
                    }

                    string name = call.Arguments[++at];
                    if (!ShellOptionSet.IsSetName(name))
                    {
                        call.Complain($"{name}: invalid option name");
                        return 2;
                    }

                    process.Options.Set(name, on);
                    continue;
                }

                string? option = ShellOptionSet.SetNames.FirstOrDefault(n => n.Letter == letter).Name;
                if (option is null)
                    return call.InvalidOption($"{argument[0]}{letter}");
                process.Options.Set(option, on);
            }
        }

        if (at < call.Arguments.Count)
            process.Positional = call.Arguments.GetRange(at, call.Arguments.Count - at);
        return 0;
    }

    private static void ShowOptions(BuiltinCall call, bool readable)
    {
        foreach ((string name, _) in ShellOptionSet.SetNames)
        {
            bool on = call.Process.Options.Get(name);
            call.WriteLine(readable ? $"{name,-15}\t{(on ? "on" : "off")}" : $"set {(on ? '-' : '+')}o {name}");
        }
    }
}

internal sealed class ShoptBuiltin : IBuiltin
{
    public string Name => "shopt";

    public string Usage => "shopt [-pqsu] [-o] [optname ...]";

    public int Run(BuiltinCall call)
    {
        if (call.Options("pqsuo", out int next, out int status) is not { } options)
            return status;
        bool Has(char letter) => options.Exists(o => o.Letter == letter);
        bool set = Has('o');
        ShellProcess process = call.Process;
        if (Has('s') && Has('u'))
        {
            call.Complain("cannot set and unset shell options simultaneously");
            return 1;
        }

        bool Get(string name) => set ? process.Options.Get(name) : process.Options.Shopt(name);
        string Line(string name) => Has('p')
            ? set ? $"set {(Get(name) ? '-' : '+')}o {name}" : $"shopt {(Get(name) ? "-s" : "-u")} {name}"
            : $"{name,-15}\t{(Get(name) ? "on" : "off")}";
        if (next == call.Arguments.Count)
        {
            foreach (string name in set ? ShellOptionSet.SetNames.Select(n => n.Name) : ShellOptionSet.ShoptNames)
            {
                if ((!Has('s') || Get(name)) && (!Has('u') || !Get(name)) && !Has('q'))
                    call.WriteLine(Line(name));
            }

            return 0;
        }

        foreach (string name in call.Arguments.Skip(next))
        {
            if (!(set ? ShellOptionSet.IsSetName(name) : ShellOptionSet.IsShoptName(name)))
            {
                call.Complain(set ? $"{name}: invalid option name" : $"{name}: invalid shell option name");
                status = 1;
                continue;
            }

            if (Has('s') || Has('u'))
            {
                if (set)
                    process.Options.Set(name, Has('s'));
                else
                    process.Options.SetShopt(name, Has('s'));
                continue;
            }

            status |= Get(name) ? 0 : 1;
            if (!Has('q'))
                call.WriteLine(Line(name));
        }

        return status;
    }
}
