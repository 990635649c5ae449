using System.Collections.Concurrent;

namespace Offstage.Shell.Commands.Jq;

internal sealed partial class Parser
{
    private static readonly ConcurrentDictionary<(string, int), Code> compiledDefinitions = new();

    private Scope? Find(Func<Scope, bool> isIt)
    {
        for (Scope? s = scope; s is not null; s = s.Outer)
        {
            if (isIt(s)) return s;
        }

        return null;
    }

    private Node Variable(Token token)
    {
        if (token.Text == "__loc__")
            return new LiteralNode(JsonObject.Own(["file", "line"], [JsonValue.Of("<top-level>"), JsonValue.Of(token.Line)], 2));
        if (token.Text == "ENV") return new GlobalNode(Surroundings.Environment);
        return Find(s => s is Scope.Variable or Scope.Global && s.Name == token.Text) switch
        {
            Scope.Variable variable => new VariableNode(frame.Level - variable.Level, variable.Slot),
            Scope.Global global => new GlobalNode(global.Find),
            _ => token.Text == "__prog_args" ? new LiteralNode(JsonValue.Null) : throw new JqSyntaxException($"${token.Text} is not defined", token.Line),
        };
    }

    /// <summary>A filter that is handed to a function: it runs in a frame of its own.</summary>
    private Code ParseArgument()
    {
        var code = new Code("argument");
        FrameLayout outer = frame;
        Scope? before = scope;
        frame = new FrameLayout(code, outer.Level + 1);
        code.Complete(ParsePipe());
        frame = outer;
        scope = before;
        return code;
    }

    private Node Call(Token token, List<Code> arguments)
    {
        string name = token.Text;
        int arity = arguments.Count;
        switch (Find(s => s.Name == name && ((s is Scope.Argument && arity == 0) || (s is Scope.Function f && f.Arity == arity))))
        {
            case Scope.Argument argument:
                return new ArgumentNode(frame.Level - argument.Level, argument.Index);
            case Scope.Function function:
                return new CallNode(function.Code, function.Level < 0 ? -1 : frame.Level - function.Level, [.. arguments]);
        }

        if (Natives.Find(name, arity) is { } native) return new NativeNode(native.Invoke, [.. arguments.Select(Inline)]);
        if (Filters.Find(name, arity) is { } filter) return new FilterNode(filter, [.. arguments.Select(Inline)], Filters.IsSingle(name, arity));
        if ((name, arity) == ("path", 1)) return new PathNode(Inline(arguments[0]));
        if ((name, arity) == ("getpath", 1)) return new GetPathNode(Inline(arguments[0]));
        if (Definition(name, arity) is { } code) return new CallNode(code, -1, [.. arguments]);
        throw new JqSyntaxException($"{name}/{arity} is not defined", token.Line);
    }

    /// <summary>An argument of a function of ours, as a filter in the caller's frame.</summary>
    private static Node Inline(Code code) => code.Body is LiteralNode or IdentityNode ? code.Body : new FramedNode(code);

    private static Code? Definition(string name, int arity)
    {
        if (compiledDefinitions.TryGetValue((name, arity), out Code? known)) return known;
        if (Definitions.Find(name, arity) is not { } text) return null;
        var parser = new Parser(Lexer.Tokenize(text), ModuleLoader.None, null, new FrameLayout(new Code("library"), -1));
        parser.ParseModule();
        Code code = ((Scope.Function)parser.Names!).Code;
        return compiledDefinitions.GetOrAdd((name, arity), code);
    }
}
