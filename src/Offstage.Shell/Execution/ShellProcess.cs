using Offstage.Shell.Builtins.Completion;
using Offstage.Shell.Expansion;
using Offstage.Shell.Streams;
using Offstage.Shell.Syntax;
using Offstage.Shell.Variables;

namespace Offstage.Shell.Execution;

/// <summary>One process of a shell: the main one, a subshell, a stage of a pipeline or a background job. It has a state of its own and runs on one thread.</summary>
internal sealed partial class ShellProcess
{
    private ShellProcess(ShellSession session, Interruption interruption, int pid)
    {
        Session = session;
        Interruption = interruption;
        Pid = pid;
        Variables = new VariableTable(this);
        Expander = new Expander(this);
        Globber = new Globber(this);
        Arithmetic = new ArithmeticEvaluator(this);
        Descriptors = new DescriptorTable(session.Settings.Limits.OpenFilesMax);
        Options = ShellOptionSet.Standard;
    }

    public ShellSession Session { get; }

    public Interruption Interruption { get; private set; }

    public Budget Budget => Interruption.Budget;

    /// <summary>What <c>BASHPID</c> tells.</summary>
    public int Pid { get; }

    /// <summary>What <c>$$</c> tells: the main process's.</summary>
    public int MainPid { get; private set; }

    public int ParentPid { get; private set; }

    /// <summary>How many subshells stand around this one.</summary>
    public int SubshellDepth { get; private set; }

    public VariableTable Variables { get; private set; }

    public Expander Expander { get; }

    public Globber Globber { get; }

    public ArithmeticEvaluator Arithmetic { get; }

    public DescriptorTable Descriptors { get; private set; }

    /// <summary>A field, because it is a value that is changed in place.</summary>
    public ShellOptionSet Options;

    public IFileTree Files { get; private set; } = null!;

    /// <summary>Absolute, as <c>cd</c> left it: with the names of symbolic links.</summary>
    public string WorkingDirectory { get; set; } = "/";

    public int Umask { get; set; }

    /// <summary><c>$0</c>.</summary>
    public string Name { get; set; } = "bash";

    /// <summary>The file that runs; null for a script given as text.</summary>
    public string? ScriptPath { get; set; }

    public IReadOnlyList<string> Positional { get; set; } = [];

    /// <summary><c>$?</c></summary>
    public int LastStatus { get; set; }

    public int? LastBackgroundPid { get; set; }

    /// <summary>Functions by name. Replaced as a whole when a process that shares it writes.</summary>
    public Dictionary<string, Command.Function> Functions { get; private set; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Aliases { get; private set; } = new(StringComparer.Ordinal);

    /// <summary>Commands whose place was looked up, with how often they were used.</summary>
    public Dictionary<string, (string Path, int Hits)> Hashed { get; private set; } = new(StringComparer.Ordinal);

    /// <summary>The directory stack below the working directory.</summary>
    public List<string> DirectoryStack { get; private set; } = [];

    /// <summary>Builtins switched off by <c>enable -n</c>.</summary>
    public HashSet<string> DisabledBuiltins { get; private set; } = new(StringComparer.Ordinal);

    /// <summary>What <c>complete</c> keeps, by command; <c>-D</c>, <c>-E</c> and <c>-I</c> for its special cases.</summary>
    public SortedDictionary<string, CompletionSpecification> Completions { get; private set; } = new(StringComparer.Ordinal);

    public List<CallFrame> Frames { get; private set; } = [];

    /// <summary>The depth of variables at which the innermost function began; 0 outside of functions.</summary>
    public int FunctionDepth { get; private set; }

    /// <summary>How deeply functions, sourced files and evaluations stand in each other.</summary>
    public int CallDepth { get; private set; }

    public int CurrentLine { get; set; } = 1;

    /// <summary>Sourced files and functions in which <c>return</c> is allowed.</summary>
    public int Returnable { get; private set; }

    public int LoopDepth { get; private set; }

    public Flow Flow { get; set; }

    /// <summary>How many loops are still to be left or continued.</summary>
    public int FlowCount { get; set; }

    /// <summary>The command that runs, as <c>BASH_COMMAND</c> tells it.</summary>
    public string CurrentCommandText => currentCommand switch
    {
        null => "",
        Command.ArithmeticFor when currentExpression is { } part => $"(({PartText(part)}))",
        Command.For loop => $"for {loop.Name} in {ScriptPrinter.Words(loop.Words)}",
        Command.Select select => $"select {select.Name} in {ScriptPrinter.Words(select.Words)}",
        Command.Case choice => $"case {choice.Subject.Text} in ",
        var command => ScriptPrinter.Print(command),
    };

    public bool IsUtf8 { get; private set; }

    public FieldSeparators Separators { get; private set; } = FieldSeparators.Standard;

    public RandomNumbers Random { get; private set; } = new();

    /// <summary>When SECONDS began to count, in the time provider's ticks.</summary>
    public long SecondsFrom { get; set; }

    public long SecondsOffset { get; set; }

    public JobTable Jobs { get; private set; } = new();

    public ParserOptions ParserOptions
    {
        get
        {
            bool aliases = Options.Shopt("expand_aliases") && Aliases.Count > 0;
            if (parserOptions is null || parserOptions.ExtendedGlob != Options.ExtendedGlob || (parserOptions.Aliases is not null) != aliases)
                parserOptions = new ParserOptions(Options.ExtendedGlob, aliases ? Aliases : null);
            return parserOptions;
        }
    }

    private Command? currentCommand;

    /// <summary>The part of an arithmetic <c>for</c> that is evaluated.</summary>
    private ArithmeticSource? currentExpression;
    private ParserOptions? parserOptions;
    private bool functionsShared;

    /// <summary>What is parsed from now on knows other aliases.</summary>
    public void AliasesChanged() => parserOptions = null;

    public static bool IsName(string text)
    {
        if (text.Length == 0 || char.IsAsciiDigit(text[0]))
            return false;
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
                return false;
        }

        return true;
    }

    /// <summary>The stack was too deep for more on this thread.</summary>
    public static void EnsureStack()
    {
        if (!System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw ShellErrorException.Line("maximum nesting of expansions exceeded");
    }

    public PatternOptions PatternOptions(bool ignoresCase) => new(Options.ExtendedGlob, ignoresCase, IsUtf8);

    /// <summary>The functions to write to.</summary>
    public Dictionary<string, Command.Function> WritableFunctions()
    {
        if (functionsShared)
        {
            Functions = new Dictionary<string, Command.Function>(Functions, StringComparer.Ordinal);
            functionsShared = false;
        }

        return Functions;
    }

    /// <summary>A variable that the shell itself heeds has changed.</summary>
    public void SettingChanged(string name)
    {
        switch (name)
        {
            case "IFS":
                Separators = Variables.Value("IFS") is { } separators ? new FieldSeparators(separators) : FieldSeparators.Standard;
                break;
            case "OPTIND":
                OptionOffset = 0;
                break;
            case "PATH":
                Hashed.Clear();
                break;
            case "POSIXLY_CORRECT":
                Options.Set("posix", Variables.Find(name)?.IsSet == true);
                break;
            default:
                IsUtf8 = Locale.IsUtf8(Variables.Value);
                break;
        }
    }

    /// <summary>Within the argument that <c>getopts</c> reads, how many letters it has taken.</summary>
    public int OptionOffset { get; set; }

    /// <summary>Tells an error with the shell's name and the line.</summary>
    public void Complain(string message) => WriteError($"{Place()}: {message}\n");

    public void WriteError(string text) => _ = Descriptors.Find(2)?.Write(System.Text.Encoding.Latin1.GetBytes(text), Interruption);

    /// <summary>What messages begin with.</summary>
    public string Place() => $"{SourceName()}: line {CurrentLine}";

    /// <summary>The file whose commands run, or the shell's name.</summary>
    public string SourceName() => Frames.Count > 0 ? Frames[^1].Source : ScriptPath ?? Name;
}
