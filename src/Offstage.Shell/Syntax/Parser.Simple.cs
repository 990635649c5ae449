namespace Offstage.Shell.Syntax;

/// <summary>Simple commands, function definitions of the form <c>name()</c>, and redirections.</summary>
internal sealed partial class Parser
{
    private static readonly string[] DeclarationBuiltins = ["declare", "typeset", "local", "export", "readonly", "alias", "eval"];

    private Command ParseSimple(int line)
    {
        var assignments = new List<Word>();
        var words = new List<Word>();
        var redirections = new List<Redirection>();
        // The first token may have been read before it was known that a command begins here.
        RereadAsCommandStart();
        while (true)
        {
            assignmentsAllowed = words.Count == 0 || (words[0].Unquoted is { } command && DeclarationBuiltins.Contains(command));
            bool first = words.Count == 0;
            Token token = Peek();
            assignmentsAllowed = false;
            if (token.Kind == TokenKind.Word)
            {
                Take();
                if (first && token.Word!.Assignment is not null)
                    assignments.Add(token.Word);
                else
                    words.Add(token.Word!);
                if (words.Count == 1 && assignments.Count == 0 && redirections.Count == 0 && first && OpensParenthesis())
                    return ParseFunctionDefinition(token, line);
                continue;
            }

            if (TryParseRedirection() is { } redirection)
            {
                redirections.Add(redirection);
                continue;
            }

            if (token.Is("("))
                throw Unexpected(token);
            break;
        }

        return new Command.Simple([.. assignments], [.. words]) { Line = line, Redirections = [.. redirections] };
    }

    /// <summary>Whether a parenthesis is next. The token is not read: an assignment could stand there, which wants to be read as one.</summary>
    private bool OpensParenthesis()
    {
        SkipBlanks();
        return at < text.Length && text[at] == '(';
    }

    private void RereadAsCommandStart()
    {
        if (ahead is { Kind: TokenKind.Word, Word: { } word } && word.Parts is [WordPart.Literal, ..])
        {
            Rewind();
            assignmentsAllowed = true;
            _ = Peek();
            assignmentsAllowed = false;
        }
    }

    private Command.Function ParseFunctionDefinition(Token name, int line)
    {
        Token open = Take();
        // A line ends where the text does.
        if (!Peek().Is(")"))
            throw Unexpected(Peek().Kind == TokenKind.End ? new Token(TokenKind.Newline, "\n", open.Start) : Peek());
        Take();
        return ParseFunctionBody(name.Text, line);
    }

    private Redirection? TryParseRedirection()
    {
        Token token = Peek();
        int? descriptor = null;
        string? variable = null;
        if (token.Kind == TokenKind.Descriptor)
        {
            Take();
            descriptor = int.Parse(token.Text);
            token = Peek();
        }
        else if (token.Kind == TokenKind.DescriptorVariable)
        {
            Take();
            variable = token.Text;
            token = Peek();
        }

        RedirectionKind? kind = token.Kind != TokenKind.Operator ? null : token.Text switch
        {
            "<" => RedirectionKind.Input,
            ">" => RedirectionKind.Output,
            ">>" => RedirectionKind.Append,
            ">|" => RedirectionKind.Clobber,
            "<>" => RedirectionKind.ReadWrite,
            "<&" => RedirectionKind.DuplicateInput,
            ">&" => RedirectionKind.DuplicateOutput,
            "&>" => RedirectionKind.OutputAndError,
            "&>>" => RedirectionKind.AppendOutputAndError,
            "<<" or "<<-" => RedirectionKind.HereDocument,
            "<<<" => RedirectionKind.HereString,
            _ => null,
        };
        if (kind is null)
            return null;
        Take();
        Token target = Peek();
        if (target.Kind == TokenKind.Descriptor)
        {
            // `> 2< x` is strange but possible; digits here are the file's name.
            target = new Token(TokenKind.Word, target.Text, target.Start, new Word(target.Text, [new WordPart.Literal(target.Text)]));
            ahead = target;
        }

        if (target.Kind != TokenKind.Word)
            throw Unexpected(target);
        Take();
        var redirection = new Redirection(descriptor, variable, kind.Value, target.Word!);
        if (kind == RedirectionKind.HereDocument)
            pendingDocuments.Add((redirection, token.Text == "<<-", Line(token.Start)));
        return redirection;
    }
}
