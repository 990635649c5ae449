namespace Offstage.Shell.Commands.Jq;

/// <summary>What the options of a call say.</summary>
internal sealed record JqSettings
{
    public bool IsRaw { get; init; }

    public bool IsSlurped { get; init; }

    public bool IsNull { get; init; }

    public bool IsStream { get; init; }

    public bool IsSequence { get; init; }

    public bool RawOutput { get; init; }

    public bool JoinOutput { get; init; }

    /// <summary>A zero byte after each output.</summary>
    public bool NullOutput { get; init; }

    public bool AsciiOutput { get; init; }

    public bool SortKeys { get; init; }

    public bool ExitStatus { get; init; }

    public bool Color { get; init; }

    /// <summary>Text of one level; null for all in one line.</summary>
    public string? Indent { get; init; } = "  ";

    public bool FromFile { get; init; }

    /// <summary>Where modules are looked for.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>The program, or the file it stands in; null when the call has none.</summary>
    public string? Program { get; init; }

    public IReadOnlyList<string> Files { get; init; } = [];

    public JsonObject Named { get; init; } = JsonObject.Empty;

    public IReadOnlyList<JsonValue> Positional { get; init; } = [];
}
