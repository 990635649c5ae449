namespace Offstage.Shell.Builtins.Completion;

/// <summary>Lists what a word could be completed to. Scripts use it to ask which functions or variables there are.</summary>
internal sealed class CompgenBuiltin : IBuiltin
{
    public string Name => "compgen";

    public string Usage => "compgen [-abcdefgjksuv] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [word]";

    public int Run(BuiltinCall call)
    {
        if (call.Options(CompletionSpecification.Letters, out int next, out int status) is not { } given)
            return status;
        if (CompletionSpecification.Parse(call, given) is not { } specification)
            return 2;
        List<string> matches = new CompletionMatches(call, specification, next < call.Arguments.Count ? call.Arguments[next] : "").Find();
        foreach (string match in matches)
            call.WriteLine(match);
        return matches.Count > 0 ? 0 : 1;
    }
}
