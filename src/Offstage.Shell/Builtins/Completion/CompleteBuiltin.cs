namespace Offstage.Shell.Builtins.Completion;

/// <summary>Keeps what the words of commands can be completed to, for those who complete.</summary>
internal sealed class CompleteBuiltin : IBuiltin
{
    public string Name => "complete";

    public string Usage => "complete [-abcdefgjksuv] [-pr] [-DEI] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [name ...]";

    public int Run(BuiltinCall call)
    {
        if (call.Options("prDEI" + CompletionSpecification.Letters, out int next, out int status) is not { } given)
            return status;
        if (CompletionSpecification.Parse(call, given) is not { } specification)
            return 2;
        SortedDictionary<string, CompletionSpecification> known = call.Process.Completions;
        // One of the special cases stands for all names.
        string[] names = given.Exists(g => g.Letter is 'D' or 'E' or 'I')
            ? [$"-{given.Select(g => g.Letter).First(l => l is 'D' or 'E' or 'I')}"]
            : [.. call.Arguments.Skip(next)];
        if (given.Exists(g => g.Letter == 'r'))
            return Remove(call, known, names);
        if (given.Count == 0 && names.Length == 0 || given.Exists(g => g.Letter == 'p'))
            return Print(call, known, names);
        if (names.Length == 0)
            return call.ComplainUsage();
        foreach (string name in names)
            known[name] = specification;
        return 0;
    }

    private static int Remove(BuiltinCall call, SortedDictionary<string, CompletionSpecification> known, string[] names)
    {
        if (names.Length == 0)
            known.Clear();
        int status = 0;
        foreach (string name in names.Where(n => !known.Remove(n)))
        {
            call.Complain($"{name}: no completion specification");
            status = 1;
        }

        return status;
    }

    private static int Print(BuiltinCall call, SortedDictionary<string, CompletionSpecification> known, string[] names)
    {
        int status = 0;
        foreach (string name in names.Length > 0 ? names : [.. known.Keys])
        {
            if (known.TryGetValue(name, out CompletionSpecification? specification))
            {
                call.WriteLine(specification.Print(name));
                continue;
            }

            call.Complain($"{name}: no completion specification");
            status = 1;
        }

        return status;
    }
}
