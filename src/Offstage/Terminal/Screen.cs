using System.Text;

namespace Offstage.Terminal;

/// <summary>Standard output: a terminal with colours, or plain text that stays the same for grep.</summary>
internal sealed class Screen
{
    private const string Reset = "\e[0m";

    private readonly TextWriter output;
    private readonly bool color;

    private Screen(TextWriter output, bool isTerminal, bool color, bool json)
    {
        this.output = output;
        this.color = color;
        IsTerminal = isTerminal;
        Json = json;
        CanAsk = isTerminal && !json && !Console.IsInputRedirected;
    }

    /// <summary>Whether a person sees this as it is written.</summary>
    public bool IsTerminal { get; }

    /// <summary>Whether a person can be asked.</summary>
    public bool CanAsk { get; }

    public bool Json { get; }

    public static Screen OfProcess(IReadOnlyDictionary<string, string> variables, bool json)
    {
        bool isTerminal = !Console.IsOutputRedirected && variables.GetValueOrDefault("TERM") is not (null or "" or "dumb");
        bool color = isTerminal && !json && variables.GetValueOrDefault("NO_COLOR") is not { Length: > 0 };
        var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false), 16 * 1024) { AutoFlush = false, NewLine = "\n" };
        return new Screen(output, isTerminal, color, json);
    }

    public void Write(string text) => output.Write(text);

    public void Write(char text) => output.Write(text);

    public void WriteLine(string text = "")
    {
        output.Write(text);
        output.Write('\n');
    }

    public void Flush() => output.Flush();

    /// <summary>A line to a person beside the output: what is for a program stays clean.</summary>
    public void Note(string text)
    {
        Flush();
        Console.Error.WriteLine(text);
    }

    public string Bold(string text) => Paint("\e[1m", text);

    public string Dim(string text) => Paint("\e[2m", text);

    public string Red(string text) => Paint("\e[31m", text);

    public string Green(string text) => Paint("\e[32m", text);

    public string Yellow(string text) => Paint("\e[33m", text);

    public string Cyan(string text) => Paint("\e[36m", text);

    /// <summary>The beginning of a style, for text that comes in pieces; empty without colours.</summary>
    public string Begin(TextStyle style) => !color ? "" : style switch
    {
        TextStyle.Dim => "\e[2m",
        TextStyle.DimItalic => "\e[2;3m",
        _ => "",
    };

    public string End(TextStyle style) => color && style != TextStyle.Plain ? Reset : "";

    private string Paint(string code, string text) => color && text.Length > 0 ? code + text + Reset : text;
}

internal enum TextStyle
{
    Plain,
    Dim,
    DimItalic,
}
