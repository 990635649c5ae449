using System.Text;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Jq;

/// <summary>Finds modules in the tree: <c>NAME.jq</c>, <c>NAME/NAME.jq</c>, <c>NAME.json</c> in the folders of <c>-L</c>.</summary>
internal sealed class ModuleLoader(CommandContext? context, IReadOnlyList<string> folders)
{
    private const int ModulesMax = 1000;
    private readonly HashSet<string> loading = [];
    private int loaded;

    /// <summary>Of the library, which imports nothing.</summary>
    public static ModuleLoader None { get; } = new(null, []);

    /// <param name="alias">Names get <c>alias::</c> before them; null to include them as they are.</param>
    public Scope? Import(Scope? scope, string path, string? alias, int line)
    {
        if (++loaded > ModulesMax) throw new JqSyntaxException("too many modules", line);
        string name = PathText.Name(path);
        string file = Locate([path + ".jq", $"{path}/jq/main.jq", $"{path}/{name}.jq"], path, line);
        if (!loading.Add(file)) throw new JqSyntaxException($"module {path} imports itself", line);
        var parser = new Parser(Lexer.Tokenize(Latin.ToUnicode(Read(file, line))), this, null, new FrameLayout(new Code(name), -1));
        parser.ParseModule();
        loading.Remove(file);
        var functions = new Stack<Scope.Function>();
        for (Scope? s = parser.Names; s is not null; s = s.Outer)
        {
            if (s is Scope.Function function) functions.Push(function);
        }

        foreach (Scope.Function function in functions)
        {
            // What a module has imported under a name of its own stays its own.
            if (alias is not null && function.Name.Contains("::", StringComparison.Ordinal)) continue;
            scope = function with { Outer = scope, Name = alias is null ? function.Name : $"{alias}::{function.Name}", Level = -1 };
        }

        return scope;
    }

    public Scope ImportData(Scope? scope, string path, string variable, int line)
    {
        string file = Locate([path + ".json"], path, line);
        byte[]? bytes = Latin.Bytes(Read(file, line));
        bool Source(out ReadOnlySpan<byte> block)
        {
            block = bytes;
            bool any = bytes is { Length: > 0 };
            bytes = null;
            return any;
        }

        var values = new List<JsonValue>();
        try
        {
            var reader = new JsonReader(Source, context!.Check);
            while (reader.Read() is { } value) values.Add(value);
        }
        catch (JsonSyntaxException error)
        {
            throw new JqSyntaxException($"{path}: {error.Message}", line);
        }

        JsonArray data = JsonArray.Of(values);
        scope = new Scope.Global(scope, $"{variable}::{variable}", _ => data);
        return new Scope.Global(scope, variable, _ => data);
    }

    private string Locate(string[] candidates, string path, int line)
    {
        foreach (string folder in folders)
        {
            foreach (string candidate in candidates)
            {
                string full = context!.Resolve(PathText.Join(folder, Latin.FromUnicode(candidate)));
                if (context.Files.Stat(full, followLinks: true, out FileStatus status) == FileError.None && status.IsRegular) return full;
            }
        }

        throw new JqSyntaxException($"module not found: {path}", line);
    }

    private string Read(string file, int line)
    {
        using var opened = InputFile.TryOpen(context!, file, out FileError error);
        return opened is null ? throw new JqSyntaxException($"{file}: {error.Message()}", line) : Latin.Text(opened.ReadToEnd());
    }
}
