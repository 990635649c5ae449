using Offstage.Shell.Commands.Text;
using Offstage.Shell.Streams;

namespace Offstage.Shell.Commands.Awk;

/// <summary>The files and commands that a program has open, by the name it gave them.</summary>
internal sealed class AwkStreams(CommandContext context)
{
    private const int OpenMax = 500;

    /// <summary>What is printed while a pipe is open goes out at the latest when it fills a buffer of this size.</summary>
    private const int HeldMax = 4096;

    private readonly Dictionary<string, AwkReader> reading = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Output> writing = new(StringComparer.Ordinal);
    private readonly Capture held = new(context.Budget);
    private OutputWriter? heldWriter;

    /// <param name="Pipe">What the command will read; null for a file.</param>
    private sealed record Output(OutputWriter Writer, FileDescription? File, Capture? Pipe);

    /// <summary>Where prints without a redirection go instead of standard output; null for there.</summary>
    public OutputWriter? Main { get; set; }

    /// <returns>Null when it cannot be opened.</returns>
    public AwkReader? Reading(string name, AwkSource kind, out FileError error)
    {
        error = FileError.None;
        string key = kind switch { AwkSource.Command => "|" + name, AwkSource.Coprocess => "&" + name, _ => name };
        if (reading.TryGetValue(key, out var known)) return known;
        if (reading.Count + writing.Count >= OpenMax) throw new AwkException("too many open files");
        if (kind == AwkSource.Coprocess) return reading[key] = new AwkReader(context, Converse(name, key), owned: true);
        if (kind == AwkSource.Command) return reading[key] = new AwkReader(context, Read(name, null), owned: true);
        if (name is "-" or "/dev/stdin") return reading[key] = new AwkReader(context, context.StandardInput, owned: false);
        error = FileError.IsDirectory;
        if (context.Files.Stat(context.Resolve(name), followLinks: true, out var status) == FileError.None && status.IsDirectory) return null;
        error = context.Open(name, FileOpening.Read, out var file);
        return file is null ? null : reading[key] = new AwkReader(context, file, owned: true);
    }

    public OutputWriter Writing(AwkRedirection redirection, AwkExpression? target, AwkRuntime runtime)
    {
        if (redirection == AwkRedirection.None) return Main ?? Printing();
        string name = target!.Text(runtime);
        if (name.Length == 0) throw new AwkException("expression for `" + Sign(redirection) + "' redirection has null string value");
        string key = redirection switch { AwkRedirection.Pipe => "|" + name, AwkRedirection.Coprocess => "&" + name, _ => name };
        if (writing.TryGetValue(key, out var known)) return known.Writer;
        if (reading.Count + writing.Count >= OpenMax) throw new AwkException("too many open files");
        if (redirection is AwkRedirection.Pipe or AwkRedirection.Coprocess)
        {
            Flush();
            var pipe = new Capture(context.Budget);
            // A command that writes at its end stands before what was printed meanwhile, which a buffer holds until then.
            if (redirection == AwkRedirection.Pipe) heldWriter ??= context.Writer(held);
            return (writing[key] = new Output(context.Writer(pipe), null, pipe)).Writer;
        }

        if (name is "/dev/stdout" or "-") return Printing();
        if (name == "/dev/stderr") return (writing[key] = new Output(context.Error, null, null)).Writer;
        var opening = redirection == AwkRedirection.Append ? FileOpening.Append | FileOpening.Create : FileOpening.Write | FileOpening.Create | FileOpening.Truncate;
        var error = context.Open(name, opening, out var file);
        if (file is null) throw new AwkException($"cannot redirect to `{name}': {error.Message()}");
        return (writing[key] = new Output(context.Writer(file), file, null)).Writer;
    }

    /// <param name="end">For a coprocess: <c>to</c> closes only what it reads.</param>
    /// <returns>The status of a command, 0 for a file, -1 when nothing of the name is open.</returns>
    public int Close(string name, string end)
    {
        int status = -1;
        string coprocess = "&" + name;
        if (writing.ContainsKey(coprocess) || reading.ContainsKey(coprocess))
        {
            if (end == "to")
            {
                _ = Reading(name, AwkSource.Coprocess, out _);
                return 0;
            }

            if (writing.ContainsKey(coprocess)) Converse(name, coprocess).Release();
            if (reading.Remove(coprocess, out var answer)) answer.Close();
            return 0;
        }

        foreach (string key in (ReadOnlySpan<string>)[name, "|" + name])
        {
            if (reading.Remove(key, out var reader))
            {
                reader.Close();
                status = 0;
            }

            if (!writing.Remove(key, out var output)) continue;
            if (output.Pipe is not null) Flush();
            status = Finish(key, output);
        }

        return status;
    }

    public void Flush()
    {
        Release();
        context.Output.Flush();
        foreach (var output in writing.Values)
        {
            if (output.Pipe is null) output.Writer.Flush();
        }
    }

    public void CloseAll()
    {
        if (heldWriter is null) context.Output.Flush();
        foreach (var (key, output) in writing) Finish(key, output);
        writing.Clear();
        Release();
        context.Output.Flush();
        foreach (var reader in reading.Values) reader.Close();
        reading.Clear();
    }

    public int System(string command)
    {
        Flush();
        return context.Run(new CommandCall(["sh", "-c", command]));
    }

    private static string Sign(AwkRedirection redirection) => redirection switch
    {
        AwkRedirection.Pipe => "|",
        AwkRedirection.Coprocess => "|&",
        AwkRedirection.Append => ">>",
        _ => ">",
    };

    private OutputWriter Printing()
    {
        if (heldWriter is null) return context.Output;
        if (held.Count > HeldMax) Release();
        return heldWriter;
    }

    private void Release()
    {
        if (heldWriter is null) return;
        heldWriter.Flush();
        context.Output.Write(held.TakeBytes());
    }

    /// <summary>Runs a coprocess with all that was written to it. It has no life beside the program: what is written after an answer was read begins it anew.</summary>
    /// <returns>Its answer.</returns>
    private TextSource Converse(string name, string key)
    {
        byte[] question = [];
        if (writing.Remove(key, out var output))
        {
            output.Writer.Flush();
            question = output.Pipe!.TakeBytes();
        }

        using var call = new Held(new TextSource(question));
        return Read(name, call.Source);
    }

    /// <summary>Runs a command to its end and gives what it wrote.</summary>
    /// <param name="input">Null for the program's own.</param>
    private TextSource Read(string command, FileDescription? input)
    {
        Flush();
        var capture = new Capture(context.Budget);
        context.Run(new CommandCall(["sh", "-c", command]) { StandardInput = input, StandardOutput = capture });
        return new TextSource(capture.TakeBytes());
    }

    private int Finish(string key, Output output)
    {
        output.Writer.Flush();
        output.File?.Release();
        if (output.Pipe is null || key[0] == '&') return 0;
        using var call = new Held(new TextSource(output.Pipe.TakeBytes()));
        return context.Run(new CommandCall(["sh", "-c", key[1..]]) { StandardInput = call.Source });
    }

    private sealed record Held(FileDescription Source) : IDisposable
    {
        public void Dispose() => Source.Release();
    }
}
