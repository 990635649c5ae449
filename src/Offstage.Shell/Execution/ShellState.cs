using System.Globalization;
using System.Text.Json;
using Offstage.Shell.Syntax;
using Offstage.Shell.Variables;

namespace Offstage.Shell.Execution;

/// <summary>The state of a shell as JSON, one form for ever: fields are added, never changed.</summary>
internal static class ShellState
{
    private sealed record SavedShell(
        int Version, string WorkingDirectory, int Umask, List<SavedVariable> Variables, List<string> Functions, List<string> Options, List<string> ShoptOptions,
        Dictionary<string, string> Aliases, Dictionary<string, string> Traps, List<string> DirectoryStack);

    /// <param name="Scalar">Null for an array, or for a variable without a value.</param>
    /// <param name="Elements">Keys and values in turn; null when it is no array.</param>
    private sealed record SavedVariable(string Name, int Attributes, string? Scalar, List<string>? Elements);

    public static byte[] Save(ShellProcess process) => JsonSerializer.SerializeToUtf8Bytes(new SavedShell(
        1,
        process.WorkingDirectory,
        process.Umask,
        [.. process.Variables.Names.Order(StringComparer.Ordinal).Where(n => process.Variables.FindRaw(n)!.Special is null).Select(n => Saved(n, process.Variables.FindRaw(n)!))],
        [.. process.Functions.Values.OrderBy(f => f.Name, StringComparer.Ordinal).Select(ScriptPrinter.Print)],
        [.. ShellOptionSet.SetNames.Select(n => n.Name).Where(n => process.Options.Get(n))],
        [.. ShellOptionSet.ShoptNames.Where(n => process.Options.Shopt(n))],
        process.Aliases,
        process.Traps.All(),
        process.DirectoryStack));

    public static void Restore(ShellProcess process, ReadOnlyMemory<byte> saved)
    {
        SavedShell? state;
        try
        {
            state = JsonSerializer.Deserialize<SavedShell>(saved.Span);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("The state of a shell cannot be read.", e);
        }

        if (state is not { Version: 1 })
            throw new InvalidDataException("The state of a shell is of an unknown version.");
        process.WorkingDirectory = state.WorkingDirectory;
        process.Umask = state.Umask;
        foreach ((string name, _) in ShellOptionSet.SetNames)
            process.Options.Set(name, state.Options.Contains(name));
        foreach (string name in ShellOptionSet.ShoptNames)
            process.Options.SetShopt(name, state.ShoptOptions.Contains(name));
        foreach (string name in process.Variables.Names.Where(n => process.Variables.FindRaw(n)!.Special is null).ToArray())
            process.Variables.Remove(name);
        foreach (SavedVariable variable in state.Variables)
            process.Variables.Define(variable.Name, Restored(variable));
        foreach (string text in state.Functions)
        {
            try
            {
                CommandList list = Parser.ParseAll(text, process.ParserOptions with { ExtendedGlob = true }, 1);
                if (list.Items is [{ AndOr.First.Commands: [Command.Function function] }])
                    process.WritableFunctions()[function.Name] = function with { Source = "environment" };
            }
            catch (SyntaxErrorException e)
            {
                throw new InvalidDataException("A saved function cannot be read.", e);
            }
        }

        foreach ((string name, string value) in state.Aliases)
            process.Aliases[name] = value;
        foreach ((string name, string command) in state.Traps)
            process.Traps.Set(name, command);
        process.DirectoryStack.AddRange(state.DirectoryStack);
        process.Variables.EnvironmentChanged();
        foreach (string setting in (string[])["IFS", "LANG"])
            process.SettingChanged(setting);
    }

    private static SavedVariable Saved(string name, Variable variable) => new(
        name,
        (int)variable.Attributes,
        variable.IsArray ? null : variable.Scalar,
        variable.Associative is { } map ? [.. map.Entries().SelectMany(e => (string[])[e.Key, e.Value])]
            : variable.Indexed is { } array ? [.. array.Entries().SelectMany(e => (string[])[e.Index.ToString(CultureInfo.InvariantCulture), e.Value])] : null);

    private static Variable Restored(SavedVariable saved)
    {
        var variable = new Variable { Attributes = (VariableAttributes)saved.Attributes };
        if (saved.Scalar is { } scalar)
            variable.SetScalar(scalar);
        if (saved.Elements is not { } elements)
            return variable;
        bool associative = variable.Has(VariableAttributes.Associative);
        if (associative)
            variable.SetAssociative(new AssociativeArray());
        else
            variable.SetIndexed(new IndexedArray());
        for (int i = 0; i + 1 < elements.Count; i += 2)
        {
            if (associative)
                variable.WritableAssociative().Set(elements[i], elements[i + 1]);
            else
                variable.WritableIndexed().Set(long.Parse(elements[i], CultureInfo.InvariantCulture), elements[i + 1]);
        }

        return variable;
    }
}
