using System.Text;

namespace Offstage.Shell;

/// <summary>One script to run, with its streams.</summary>
public sealed record ShellRun
{
    private static readonly Action<ReadOnlyMemory<byte>> Nowhere = static _ => { };

    /// <summary>The script's bytes.</summary>
    public required ReadOnlyMemory<byte> Script { get; init; }

    /// <summary>The script's text, as UTF-8.</summary>
    public static ShellRun Of(string script) => new() { Script = Encoding.UTF8.GetBytes(script) };

    /// <summary>What the script reads; empty by default. A stream takes the place of bytes.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>Reads must end when their token is cancelled.</summary>
    public Stream? InputStream { get; init; }

    /// <summary>Told every piece of output as it is written, on the shell's threads, one at a time.</summary>
    public Action<ReadOnlyMemory<byte>> Output { get; init; } = Nowhere;

    public Action<ReadOnlyMemory<byte>> Error { get; init; } = Nowhere;

    /// <summary>The positional parameters.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Null: the shell's own.</summary>
    public ShellLimits? Limits { get; init; }
}
