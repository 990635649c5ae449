using Offstage.Shell.Builtins;
using Offstage.Shell.Expansion;
using Offstage.Shell.Syntax;
using Offstage.Shell.Variables;

namespace Offstage.Shell.Execution;

/// <summary>Simple commands.</summary>
internal sealed partial class ShellProcess
{
    /// <summary>The status of the last command substitution of the command that is being expanded; null for none.</summary>
    private int? substitutionStatus;

    private int ExecuteSimple(Command.Simple command)
    {
        CurrentLine = command.Line;
        substitutionStatus = null;
        NowRunning(command);
        if (!BeforeCommand())
            return LastStatus;
        int substitutions = openSubstitutions.Count;
        try
        {
            List<string> arguments = command.Words.Length == 0 ? [] : ExpandArguments(command, out _);
            if (arguments.Count == 0)
                return LastStatus = ExecuteAssignments(command);
            List<TemporaryAssignment>? assignments = command.Assignments.Length == 0 ? null : ExpandTemporary(command.Assignments);
            if (Options.Trace)
                TraceCommand(command, arguments);
            if (arguments is ["exec", ..] && !DisabledBuiltins.Contains("exec") && !Functions.ContainsKey("exec"))
                return LastStatus = ExecuteExec(command, arguments, assignments);
            string last = arguments[^1];
            if (command.Redirections.Length == 0)
            {
                LastStatus = Invoke(command, arguments, assignments);
            }
            else
            {
                using RedirectionScope? scope = TryRedirect(command.Redirections);
                LastStatus = scope is null ? 1 : Invoke(command, arguments, assignments);
            }

            LastArgument = last;
            return LastStatus;
        }
        finally
        {
            CloseSubstitutions(substitutions);
        }
    }

    /// <summary>The last argument of the last command: the value of <c>$_</c>.</summary>
    public string LastArgument { get; set; } = "";

    private List<string> ExpandArguments(Command.Simple command, out bool declares)
    {
        declares = false;
        Word[] words = command.Words;
        // Assignments behind a declaration builtin are expanded as assignments: not split, tildes behind colons.
        if (words.Length > 1 && words[0].Unquoted is { } name && BuiltinTable.IsDeclaration(name))
        {
            var arguments = new List<string> { name };
            for (int i = 1; i < words.Length; i++)
            {
                if (words[i].Assignment is { Elements: null } && words[i].Plain is null)
                    arguments.Add(AssignmentArgument(words[i]));
                else if (words[i].Assignment is { Elements: not null } list)
                    arguments.Add($"{list.Name}{(list.Appends ? "+=" : "=")}(");
                else
                    Expander.Expand(words[i], arguments);
            }

            declares = true;
            return arguments;
        }

        return Expander.ExpandAll(words);
    }

    private string AssignmentArgument(Word word)
    {
        Assignment assignment = word.Assignment!;
        string subscript = assignment.Subscript is null ? "" : $"[{Expander.ExpandText(assignment.Subscript)}]";
        return $"{assignment.Name}{subscript}{(assignment.Appends ? "+=" : "=")}{Expander.ExpandAssignment(assignment.Value)}";
    }

    private int ExecuteAssignments(Command.Simple command)
    {
        foreach (Word word in command.Assignments)
            Assign(word.Assignment!, traced: Options.Trace);
        int status = substitutionStatus ?? 0;
        if (command.Redirections.Length == 0)
            return status;
        using RedirectionScope? scope = TryRedirect(command.Redirections);
        return scope is null ? 1 : status;
    }

    /// <summary>Runs a command by its expanded words.</summary>
    private int Invoke(Command.Simple command, List<string> arguments, List<TemporaryAssignment>? assignments)
    {
        string name = arguments[0];
        if (Functions.Count > 0 && Functions.TryGetValue(name, out Command.Function? function))
            return WithAssignments(assignments, () => CallFunction(function, arguments));
        if (BuiltinTable.Find(name) is { } builtin && (DisabledBuiltins.Count == 0 || !DisabledBuiltins.Contains(name)))
        {
            if (assignments is null)
                return RunBuiltin(builtin, arguments, command.Words);
            return WithAssignments(assignments, () => RunBuiltin(builtin, arguments, command.Words), stay: builtin.IsSpecial && Options.Get("posix"));
        }

        return assignments is null ? RunProgram(arguments) : WithAssignments(assignments, () => RunProgram(arguments));
    }

    /// <summary>An assignment before a command's name, expanded.</summary>
    private readonly record struct TemporaryAssignment(string Name, string Value, bool Appends);

    private List<TemporaryAssignment> ExpandTemporary(Word[] assignments)
    {
        if (assignments.Length == 1)
            return ExpandTemporaryInScope(assignments, null);
        // Each one sees those before it.
        int depth = Variables.Enter();
        try
        {
            return ExpandTemporaryInScope(assignments, depth);
        }
        finally
        {
            Variables.Leave();
        }
    }

    private List<TemporaryAssignment> ExpandTemporaryInScope(Word[] assignments, int? depth)
    {
        var values = new List<TemporaryAssignment>();
        foreach (Word word in assignments)
        {
            Assignment assignment = word.Assignment!;
            string value = assignment.Elements is null ? Expander.ExpandAssignment(assignment.Value) : word.Text[(word.Text.IndexOf('=') + 1)..];
            if (Variables.FindRaw(assignment.Name)?.Has(VariableAttributes.ReadOnly) == true)
            {
                Complain($"{assignment.Name}: readonly variable");
                continue;
            }

            if (Options.Trace)
                TraceLine($"{assignment.Name}={ShellQuoting.Traced(value, IsUtf8)}");
            values.Add(new TemporaryAssignment(assignment.Name, value, assignment.Appends));
            if (depth is { } scope)
                SetTemporary(values[^1], scope);
        }

        return values;
    }

    /// <summary>Runs something with variables that stand for it only, exported.</summary>
    /// <param name="stay">Whether they stay set, as before a special builtin of POSIX. Else those stay that the command itself declares.</param>
    private int WithAssignments(List<TemporaryAssignment>? values, Func<int> run, bool stay = false)
    {
        if (values is null)
            return run();
        int depth = Variables.Enter();
        try
        {
            foreach (TemporaryAssignment value in values)
                SetTemporary(value, depth);
            return run();
        }
        finally
        {
            (string Name, Variable Variable)[] staying = [.. values.Select(v => (v.Name, Variables.FindRaw(v.Name)!)).Where(v => v.Item2 is { IsTemporary: true } variable && (stay || variable.OutlivesCommand))];
            Variables.Leave();
            foreach ((string name, Variable variable) in staying)
                Variables.Keep(name, variable);
        }
    }

    private void SetTemporary(TemporaryAssignment assignment, int depth)
    {
        (string name, string value, bool appends) = assignment;
        string before = appends ? Variables.Value(name) ?? "" : "";
        VariableAttributes kept = (Variables.Find(name)?.Attributes ?? 0) & (VariableAttributes.Integer | VariableAttributes.Upper | VariableAttributes.Lower);
        Variable variable = Variables.MakeLocal(name, depth, inherits: false);
        variable.Attributes |= kept;
        variable.IsTemporary = true;
        try
        {
            Variables.Put(variable, before + value, appends: false);
        }
        catch (ExpressionException e)
        {
            throw ShellErrorException.Line(e.Message);
        }

        Variables.Touch(variable);
        Variables.Changed(name, variable);
    }

    /// <summary>Assigns a value or a list.</summary>
    public void Assign(Assignment assignment, bool traced = false)
    {
        try
        {
            if (assignment.Elements is { } elements)
            {
                if (traced)
                    TraceLine($"{assignment.Name}{(assignment.Appends ? "+=" : "=")}({string.Join(' ', elements.Select(e => e.Value.Text))})");
                AssignList(assignment.Name, Variables.Writable(assignment.Name), elements, assignment.Appends);
                return;
            }

            string value = assignment.Value.Plain ?? Expander.ExpandAssignment(assignment.Value);
            if (traced)
                TraceLine($"{assignment.Name}{(assignment.Subscript is { } s ? $"[{s.Text}]" : "")}{(assignment.Appends ? "+=" : "=")}{ShellQuoting.Traced(value, IsUtf8)}");
            if (assignment.Subscript is null)
                Variables.Assign(assignment.Name, value, assignment.Appends);
            else
                AssignSubscript(assignment.Name, assignment.Subscript, value, assignment.Appends);
        }
        catch (ExpressionException e)
        {
            throw ShellErrorException.Line(e.Message);
        }
    }

    private void AssignSubscript(string name, Word subscript, string value, bool appends)
    {
        if (subscript.Text is "@" or "*" && Variables.Find(name)?.Has(VariableAttributes.Associative) != true)
            throw ShellErrorException.Line($"{name}[{subscript.Text}]: bad array subscript");
        bool associative = Variables.Find(name)?.Has(VariableAttributes.Associative) == true;
        string key = associative ? Expander.ExpandText(subscript) : Expander.ExpandArithmetic(subscript);
        if (key.Length == 0)
            throw ShellErrorException.Line($"{name}[{subscript.Text}]: bad array subscript");
        Variables.AssignElement(name, key, value, appends);
    }

    /// <summary>Assigns a compound list to a variable.</summary>
    public void AssignList(string name, Variable variable, ArrayElement[] elements, bool appends)
    {
        if (variable.Has(VariableAttributes.Associative))
            AssignPairs(name, variable, elements, appends);
        else
            AssignElements(name, variable, elements, appends);
        Variables.Changed(name, variable);
    }

    private void AssignElements(string name, Variable variable, ArrayElement[] elements, bool appends)
    {
        // The values are expanded before the old ones go: `a=("${a[@]}" x)`.
        var values = new List<(ArrayElement Element, string? Key, List<string> Values)>();
        foreach (ArrayElement element in elements)
        {
            var expanded = new List<string>();
            if (element.Subscript is null)
                Expander.Expand(element.Value, expanded);
            else
                expanded.Add(Expander.ExpandAssignment(element.Value));
            values.Add((element, element.Subscript is null ? null : Expander.ExpandArithmetic(element.Subscript), expanded));
        }

        if (!appends)
        {
            variable.Clear();
            variable.SetIndexed(new IndexedArray());
        }

        IndexedArray array = variable.WritableIndexed();
        long next = array.Last + 1;
        foreach ((ArrayElement element, string? key, List<string> expanded) in values)
        {
            if (key is not null)
            {
                next = Arithmetic.Evaluate(key);
                next = next < 0 ? next + array.Last + 1 : next;
                if (next < 0)
                {
                    Complain($"{name}[{key}]: bad array subscript");
                    continue;
                }
            }

            foreach (string value in expanded)
            {
                array.Set(next, Variables.Element(variable, array.Find(next), value, element.Appends));
                next++;
            }
        }
    }

    private void AssignPairs(string name, Variable variable, ArrayElement[] elements, bool appends)
    {
        var pairs = new List<(string Key, string Value, bool Appends)>();
        if (elements.Length > 0 && elements[0].Subscript is null)
        {
            // Without subscripts the words are keys and values in turn.
            var words = new List<string>();
            foreach (ArrayElement element in elements)
                Expander.Expand(element.Value, words);
            for (int i = 0; i < words.Count; i += 2)
                pairs.Add((words[i], i + 1 < words.Count ? words[i + 1] : "", false));
        }
        else
        {
            foreach (ArrayElement element in elements)
            {
                if (element.Subscript is null)
                {
                    Complain($"{name}: {element.Value.Text}: must use subscript when assigning associative array");
                    continue;
                }

                pairs.Add((Expander.ExpandText(element.Subscript), Expander.ExpandAssignment(element.Value), element.Appends));
            }
        }

        if (!appends)
        {
            variable.Clear();
            variable.SetAssociative(new AssociativeArray());
        }

        AssociativeArray map = variable.WritableAssociative();
        foreach ((string key, string value, bool adds) in pairs)
            map.Set(key, Variables.Element(variable, map.Find(key), value, adds));
    }
}
