using Offstage.Shell.Syntax;

namespace Offstage.Shell.Execution;

/// <summary>Scripts that were parsed before, by their text. What is found is shared by all shells; it is immutable.</summary>
internal sealed class ScriptCache
{
    private const int CharsMax = 4 << 20;
    private const int EntriesMax = 1024;

    private readonly Lock gate = new();
    private readonly Dictionary<(string Text, bool ExtendedGlob), CommandList[]> scripts = [];
    private int chars;

    public static ScriptCache Shared { get; } = new();

    public CommandList[]? Find(string text, ParserOptions options)
    {
        if (options.Aliases is not null)
            return null;
        lock (gate)
            return scripts.GetValueOrDefault((text, options.ExtendedGlob));
    }

    /// <summary>Keeps a script that was parsed to its end under the same options.</summary>
    public void Keep(string text, ParserOptions options, CommandList[] commands)
    {
        if (options.Aliases is not null || text.Length > CharsMax / 16)
            return;
        lock (gate)
        {
            if (scripts.Count >= EntriesMax || chars + text.Length > CharsMax)
            {
                scripts.Clear();
                chars = 0;
            }

            if (scripts.TryAdd((text, options.ExtendedGlob), commands))
                chars += text.Length;
        }
    }
}
