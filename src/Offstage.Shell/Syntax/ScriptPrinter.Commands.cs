namespace Offstage.Shell.Syntax;

/// <summary>How each kind of command is printed.</summary>
internal sealed partial class ScriptPrinter
{
    private void Command(Command command)
    {
        switch (command)
        {
            case Syntax.Command.Simple simple:
                Append(simple.Assignments);
                if (simple.Assignments.Length > 0 && simple.Words.Length > 0)
                    text.Append(' ');
                Append(simple.Words);
                break;
            case Syntax.Command.Group group:
                Group(group.Body);
                break;
            case Syntax.Command.Subshell subshell:
                text.Append("( ");
                List(subshell.Body);
                documentsWithin = documents.Count > 0;
                if (documentsWithin)
                    Documents();
                text.Append(" )");
                break;
            case Syntax.Command.If choice:
                If(choice, 0);
                break;
            case Syntax.Command.For loop:
                text.Append("for ").Append(loop.Name).Append(" in ");
                Loop(loop.Words, loop.Body);
                break;
            case Syntax.Command.Select select:
                text.Append("select ").Append(select.Name).Append(" in ");
                Loop(select.Words, select.Body);
                break;
            case Syntax.Command.ArithmeticFor loop:
                text.Append("for ((").Append(loop.Start.Text.Trim()).Append("; ").Append(loop.Condition.Text.Trim()).Append("; ").Append(loop.Step.Text.Trim()).Append("))");
                NewLine();
                text.Append("do");
                Body(loop.Body);
                text.Append("done");
                break;
            case Syntax.Command.While loop:
                text.Append(loop.IsUntil ? "until " : "while ");
                Condition(loop.Condition);
                text.Append("do");
                Body(loop.Body);
                text.Append("done");
                break;
            case Syntax.Command.Case choice:
                Case(choice);
                break;
            case Syntax.Command.Arithmetic arithmetic:
                text.Append("((").Append(arithmetic.Expression.Text).Append("))");
                break;
            case Syntax.Command.Conditional conditional:
                text.Append("[[ ");
                Conditional(conditional.Expression);
                text.Append(" ]]");
                break;
            case Syntax.Command.Function function:
                if (inFunction)
                    text.Append("function ");
                text.Append(function.Name).Append(" () ");
                NewLine();
                FunctionBody(function.Body);
                return;
            case Syntax.Command.Coprocess coprocess:
                text.Append("coproc ");
                if (coprocess.Body is not Syntax.Command.Simple)
                    text.Append(coprocess.Name).Append(' ');
                Command(coprocess.Body);
                return;
        }

        Redirections(command);
    }

    private void Group(CommandList body)
    {
        text.Append("{ ");
        indent++;
        NewLine();
        bool before = inFunction;
        inFunction = true;
        List(body);
        inFunction = before;
        indent--;
        NewLine();
        text.Append('}');
    }

    private void FunctionBody(Command body)
    {
        if (body is Syntax.Command.Group group)
        {
            Group(group.Body);
            Redirections(body);
            return;
        }

        text.Append("{ ");
        indent++;
        NewLine();
        bool before = inFunction;
        inFunction = true;
        Command(body);
        inFunction = before;
        indent--;
        NewLine();
        text.Append('}');
    }

    private void Condition(CommandList condition)
    {
        bool before = inFunction;
        inFunction = false;
        List(condition);
        inFunction = before;
        if (documents.Count > 0)
            NewLine();
        else
            text.Append(condition.Items.Length > 0 && condition.Items[^1].IsBackground ? " " : "; ");
    }

    private void If(Syntax.Command.If choice, int from)
    {
        text.Append("if ");
        Condition(choice.Branches[from].Condition);
        text.Append("then");
        Body(choice.Branches[from].Body);
        if (from + 1 < choice.Branches.Length)
        {
            text.Append("else");
            indent++;
            NewLine();
            If(choice, from + 1);
            indent--;
            End();
        }
        else if (choice.Else is { } otherwise)
        {
            text.Append("else");
            Body(otherwise);
        }

        text.Append("fi");
    }

    private void Loop(Word[]? words, CommandList body)
    {
        if (words is null)
            text.Append("\"$@\"");
        else
            Append(words);
        text.Append(';');
        NewLine();
        text.Append("do");
        Body(body);
        text.Append("done");
    }

    private void Case(Syntax.Command.Case choice)
    {
        text.Append("case ").Append(choice.Subject.Text).Append(" in ");
        indent++;
        foreach (CaseClause clause in choice.Clauses)
        {
            NewLine();
            text.Append(string.Join(" | ", clause.Patterns.Select(p => p.Unquoted == "esac" ? "(" + p.Text : p.Text))).Append(')');
            indent++;
            NewLine();
            bool before = inFunction;
            inFunction = true;
            List(clause.Body);
            inFunction = before;
            indent--;
            NewLine();
            text.Append(clause.Terminator switch
            {
                CaseTerminator.Break => ";;",
                CaseTerminator.FallThrough => ";&",
                _ => ";;&",
            });
        }

        indent--;
        NewLine();
        text.Append("esac");
    }

    private void Conditional(ConditionalExpression expression)
    {
        switch (expression)
        {
            case ConditionalExpression.Not not:
                text.Append("! ");
                Conditional(not.Operand);
                break;
            case ConditionalExpression.And and:
                Conditional(and.Left);
                text.Append(" && ");
                Conditional(and.Right);
                break;
            case ConditionalExpression.Or or:
                Conditional(or.Left);
                text.Append(" || ");
                Conditional(or.Right);
                break;
            case ConditionalExpression.Nested nested:
                text.Append("( ");
                Conditional(nested.Inner);
                text.Append(" )");
                break;
            case ConditionalExpression.Unary unary:
                text.Append(unary.Operator).Append(' ').Append(unary.Operand.Text);
                break;
            case ConditionalExpression.Binary binary:
                text.Append(binary.Left.Text).Append(' ').Append(binary.Operator).Append(' ').Append(binary.Right.Text);
                break;
            case ConditionalExpression.NotEmpty word:
                text.Append(word.Operand.Text.StartsWith('-') ? "-n " : "").Append(word.Operand.Text);
                break;
        }
    }
}
