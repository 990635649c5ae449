namespace Offstage.Shell.Syntax;

/// <summary>A piece of a word.</summary>
internal abstract record WordPart
{
    private WordPart() { }

    /// <summary>Unquoted characters.</summary>
    public sealed record Literal(string Text) : WordPart;

    /// <summary>Characters that stand for themselves: from single quotes, <c>$'…'</c> or behind a backslash.</summary>
    /// <param name="Source">As written.</param>
    public sealed record Quoted(string Value, string Source) : WordPart;

    /// <summary>A <see cref="Literal"/> in it stands for itself.</summary>
    public sealed record DoubleQuoted(WordPart[] Parts) : WordPart;

    public sealed record Parameter(ParameterExpansion Expansion) : WordPart;

    /// <summary>A parameter expansion that cannot be; an error when it is expanded.</summary>
    public sealed record BadParameter(string Source) : WordPart;

    public sealed record CommandSubstitution(CommandList Body, string Source) : WordPart
    {
        /// <summary>The file's name when the substitution is <c>$(&lt; file)</c>.</summary>
        public Word? OnlyFile { get; } = Body.Items is [{ IsBackground: false, AndOr: { Rest: [], First: { Commands: [Command.Simple { Words: [], Assignments: [] } simple], IsNegated: false, Timing: PipelineTiming.None } } }]
            && simple.Redirections is [{ Kind: RedirectionKind.Input, Descriptor: null, Variable: null } only] ? only.Target : null;
    }

    /// <summary>Between backquotes; parsed when it is first expanded.</summary>
    /// <param name="Script">With the backslashes of this level taken away.</param>
    public sealed record Backquoted(string Script, int Line) : WordPart
    {
        private CommandSubstitution? parsed;

        public CommandSubstitution Parse(ParserOptions options)
            => parsed ??= new CommandSubstitution(Parser.ParseAll(Script, options, Line), Script);
    }

    public sealed record Arithmetic(Word Expression) : WordPart
    {
        public Expansion.ArithmeticSource Source { get; } = new(Expression);
    }

    /// <param name="IsInput">Whether the command's output is read: <c>&lt;(…)</c>.</param>
    public sealed record ProcessSubstitution(CommandList Body, bool IsInput) : WordPart;
}
