using System.Globalization;
using Offstage.Shell.Builtins;
using Offstage.Shell.Expansion;
using Offstage.Shell.Syntax;

namespace Offstage.Shell.Execution;

/// <summary>Special parameters, tildes and tracing.</summary>
internal sealed partial class ShellProcess
{
    /// <summary>Whether the script came with <c>-c</c>, or is read from standard input.</summary>
    public char StartLetter { get; set; } = 'c';

    /// <summary>How many evaluations and substitutions stand around what runs, for the marks of xtrace.</summary>
    public int TraceDepth { get; set; }

    /// <summary>A positional or special parameter; null when it is unset.</summary>
    public string? SpecialParameter(string name)
    {
        switch (name)
        {
            case "0":
                return Name;
            case "#":
                return Positional.Count.ToString(CultureInfo.InvariantCulture);
            case "?":
                return LastStatus.ToString(CultureInfo.InvariantCulture);
            case "$":
                return MainPid.ToString(CultureInfo.InvariantCulture);
            case "!":
                return LastBackgroundPid?.ToString(CultureInfo.InvariantCulture);
            case "-":
                return Options.Letters() is var letters && ScriptPath is null ? letters + StartLetter : letters;
            default:
                return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index >= 1 && index <= Positional.Count
                    ? Positional[index - 1]
                    : null;
        }
    }

    /// <summary>What a tilde prefix stands for; null when it is none.</summary>
    /// <param name="name">What is behind the tilde.</param>
    public string? TildeValue(string name)
    {
        switch (name)
        {
            case "":
                return Variables.Value("HOME") ?? (Session.Settings.UserName == "root" ? "/root" : $"/home/{Session.Settings.UserName}");
            case "+":
                return Variables.Value("PWD");
            case "-":
                return Variables.Value("OLDPWD");
            case "root":
                return "/root";
        }

        if (name == Session.Settings.UserName)
            return $"/home/{name}";
        if (int.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int index))
        {
            List<string> stack = [WorkingDirectory, .. DirectoryStack];
            int at = name[0] == '-' ? stack.Count - 1 + index : index;
            return at >= 0 && at < stack.Count ? stack[at] : null;
        }

        return null;
    }

    private void TraceCommand(Command.Simple command, List<string> arguments)
    {
        // The lists of a declaration are lines of their own, before it.
        bool lists = BuiltinTable.IsDeclaration(arguments[0]);
        foreach (Word word in lists ? command.Words : [])
        {
            if (word.Assignment is { Elements: not null })
                TraceLine(word.Text);
        }

        TraceLine(string.Join(' ', arguments.Select(a => a.Length == 0 ? "''" : lists && a.EndsWith("=(", StringComparison.Ordinal) ? a[..^2].TrimEnd('+') : ShellQuoting.Traced(a, IsUtf8))));
    }

    public void TraceLine(string text)
    {
        string? format = Variables.Value("PS4");
        string prefix = "+ ";
        if (format is not null)
        {
            // What PS4 expands is not traced itself.
            Options.Set("xtrace", false);
            int status = LastStatus;
            prefix = PromptText.Decode(this, format);
            LastStatus = status;
            Options.Set("xtrace", true);
        }

        if (prefix.Length > 0)
            prefix = new string(prefix[0], TraceDepth) + prefix;
        byte[] line = System.Text.Encoding.Latin1.GetBytes(prefix + text + "\n");
        int descriptor = int.TryParse(Variables.Value("BASH_XTRACEFD"), out int chosen) ? chosen : 2;
        _ = Descriptors.Find(descriptor)?.Write(line, Interruption);
    }
}
