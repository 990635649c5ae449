namespace Offstage.Shell.Builtins.Completion;

/// <summary>Shows and changes the options of completions.</summary>
internal sealed class CompoptBuiltin : IBuiltin
{
    public string Name => "compopt";

    public string Usage => "compopt [-o|+o option] [-DEI] [name ...]";

    public int Run(BuiltinCall call)
    {
        var on = new HashSet<string>();
        var off = new HashSet<string>();
        var names = new List<string>();
        for (int i = 1; i < call.Arguments.Count; i++)
        {
            string argument = call.Arguments[i];
            switch (argument)
            {
                case "-o" or "+o" when i + 1 == call.Arguments.Count:
                    call.Complain($"{argument}: option requires an argument");
                    return call.ComplainUsage();
                case "-o" or "+o":
                    if (!CompletionSpecification.OptionNames.Contains(call.Arguments[++i]))
                    {
                        call.Complain($"{call.Arguments[i]}: invalid option name");
                        return 2;
                    }

                    (argument == "-o" ? on : off).Add(call.Arguments[i]);
                    break;
                case ['-' or '+', _, ..] when argument is not ("-D" or "-E" or "-I"):
                    return call.InvalidOption(argument);
                default:
                    names.Add(argument);
                    break;
            }
        }

        if (names.Count == 0)
        {
            call.Complain("not currently executing completion function");
            return 1;
        }

        return Change(call, names, on, off);
    }

    private static int Change(BuiltinCall call, List<string> names, HashSet<string> on, HashSet<string> off)
    {
        int status = 0;
        foreach (string name in names)
        {
            if (!call.Process.Completions.TryGetValue(name, out CompletionSpecification? known))
            {
                call.Complain($"{name switch { "-D" => "_DefaultCmD_", "-E" => "_EmptycmD_", "-I" => "_InitialWorD_", _ => name }}: no completion specification");
                status = 1;
            }
            else if (on.Count + off.Count == 0)
            {
                call.WriteLine($"compopt {string.Concat(CompletionSpecification.OptionNames.Select(o => (known.Options.Contains(o) ? "-o " : "+o ") + o + " "))}{name}");
            }
            else
            {
                call.Process.Completions[name] = known with { Options = new HashSet<string>(known.Options.Union(on).Except(off)) };
            }
        }

        return status;
    }
}
