using Offstage.Shell.Commands.Text;
using Offstage.Shell.Streams;

namespace Offstage.Shell.Commands.Sed;

/// <summary>The files that <c>w</c> writes and <c>R</c> reads, opened once each.</summary>
internal sealed class SedFiles(CommandContext context, SedOutput standardOutput, byte terminator) : IDisposable
{
    private readonly Dictionary<string, SedOutput> written = new(StringComparer.Ordinal);
    private readonly Dictionary<string, InputReader?> read = new(StringComparer.Ordinal);
    private readonly List<FileDescription> opened = [];

    /// <summary>Creates every file that the script names, whether or not a line is written to it.</summary>
    public void Create(IEnumerable<SedInstruction> instructions)
    {
        foreach (var instruction in instructions)
        {
            if (instruction.Command is 'w' or 'W') _ = Writing(instruction.Name);
            if (instruction.Substitution?.File is { } file) _ = Writing(file);
        }
    }

    public SedOutput Writing(string name)
    {
        if (written.TryGetValue(name, out var known)) return known;
        if (name == "/dev/stdout") return written[name] = standardOutput;
        if (name == "/dev/stderr") return written[name] = new SedOutput(context.Error, terminator);
        var error = context.Open(name, FileOpening.Write | FileOpening.Create | FileOpening.Truncate, out var description);
        if (description is null) throw new CommandFailedException($"couldn't open file {name}: {error.Message()}", 4);
        opened.Add(description);
        return written[name] = new SedOutput(context.Writer(description), terminator);
    }

    public InputReader? Reading(string name)
    {
        if (read.TryGetValue(name, out var known)) return known;
        if (name is "/dev/stdin" or "-") return read[name] = context.Reader();
        _ = context.Open(name, FileOpening.Read, out var description);
        if (description is null) return read[name] = null;
        opened.Add(description);
        return read[name] = context.Reader(description);
    }

    /// <summary>Runs a command to its end.</summary>
    /// <returns>What it wrote to its standard output.</returns>
    public byte[] RunCommand(ReadOnlySpan<byte> command)
    {
        Flush();
        var capture = new Capture(context.Budget);
        context.Run(new CommandCall(["sh", "-c", Latin.Text(command)]) { StandardOutput = capture });
        return capture.TakeBytes();
    }

    public void Flush()
    {
        foreach (var output in written.Values) output.Writer.Flush();
    }

    public void Dispose()
    {
        foreach (var description in opened) description.Release();
    }
}
