namespace Offstage.Shell.Builtins;

internal sealed class TypeBuiltin : IBuiltin
{
    public string Name => "type";

    public string Usage => "type [-afptP] name [name ...]";

    public int Run(BuiltinCall call)
    {
        if (call.Options("afptP", out int next, out int status) is not { } options)
            return status;
        bool Has(char letter) => options.Exists(o => o.Letter == letter);
        // The last of these options says what is shown.
        char shown = options.LastOrDefault(o => o.Letter is 't' or 'p' or 'P').Letter;
        foreach (string name in call.Arguments.Skip(next))
        {
            List<(string Kind, string Detail)> found = Has('P')
                ? [.. CommandKinds.Paths(call.Process, name, Has('a')).Select(p => ("file", p))]
                : [.. CommandKinds.Find(call.Process, name, Has('a'), functions: !Has('f'))];
            if (found.Count == 0)
            {
                if (shown == '\0')
                    call.Complain($"{name}: not found");
                status = 1;
            }

            foreach ((string kind, string detail) in found)
            {
                if (shown == 't')
                    call.WriteLine(kind);
                else if (shown != '\0')
                    call.Write(kind == "file" ? detail + "\n" : "");
                else
                    call.WriteLine(CommandKinds.Sentence(call.Process, name, kind, detail, hashed: !Has('a')));
            }
        }

        return status;
    }
}
