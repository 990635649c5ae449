namespace Offstage.Shell.Commands.Jq;

/// <summary>The escapes of <c>-C</c>, which JQ_COLORS may change.</summary>
internal sealed class JsonColors
{
    public const string End = "\u001b[0m";

    private readonly string[] codes = ["1;30", "0;37", "0;37", "0;37", "0;32", "1;37", "1;37", "34;1"];

    private JsonColors() { }

    public string ObjectKey => $"\u001b[{codes[7]}m";

    public string Of(JsonKind kind) => $"\u001b[{codes[(int)kind]}m";

    /// <param name="text">Codes between colons for null, false, true, numbers, strings, arrays, objects and keys; a broken one changes nothing.</param>
    public static JsonColors Parse(string? text)
    {
        var colors = new JsonColors();
        for (int i = 1; i <= 3; i++) colors.codes[i] = "0;39";
        colors.codes[5] = colors.codes[6] = "1;39";
        if (text is null) return colors;
        string[] parts = text.Split(':');
        if (parts.Any(p => p.Length > 12 || p.Any(c => c != ';' && !char.IsAsciiDigit(c)))) return colors;
        for (int i = 0; i < parts.Length && i < colors.codes.Length; i++) colors.codes[i] = parts[i];
        return colors;
    }
}
