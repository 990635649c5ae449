using Offstage.Shell.Commands.Text;
using Offstage.Shell.Streams;

namespace Offstage.Shell.Commands.Awk;

/// <summary>The files and commands that a program has open, by the name it gave them.</summary>
internal sealed class AwkStreams(CommandContext context)
{
    private const int OpenMax = 500;

    private readonly Dictionary<string, AwkReader> reading = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Output> writing = new(StringComparer.Ordinal);

    private sealed record Output(OutputWriter Writer, FileDescription? File, Capture? Pipe);

    /// <returns>Null when it cannot be opened.</returns>
    public AwkReader? Reading(string name, bool command)
    {
        string key = command ? "|" + name : name;
        if (reading.TryGetValue(key, out var known)) return known;
        if (reading.Count + writing.Count >= OpenMax) throw new AwkException("too many open files");
        if (command) return reading[key] = new AwkReader(context, Read(name), owned: true);
        if (name is "-" or "/dev/stdin") return reading[key] = new AwkReader(context, context.StandardInput, owned: false);
        if (context.Files.Stat(context.Resolve(name), followLinks: true, out var status) == FileError.None && status.IsDirectory) return null;
        _ = context.Open(name, FileOpening.Read, out var file);
        return file is null ? null : reading[key] = new AwkReader(context, file, owned: true);
    }

    public OutputWriter Writing(AwkRedirection redirection, AwkExpression? target, AwkRuntime runtime)
    {
        if (redirection == AwkRedirection.None) return context.Output;
        string name = target!.Text(runtime);
        if (name.Length == 0) throw new AwkException("expression for `" + (redirection == AwkRedirection.Pipe ? "|" : redirection == AwkRedirection.Append ? ">>" : ">") + "' redirection has null string value");
        string key = redirection == AwkRedirection.Pipe ? "|" + name : name;
        if (writing.TryGetValue(key, out var known))
        {
            return known.Writer;
        }

        if (reading.Count + writing.Count >= OpenMax) throw new AwkException("too many open files");
        if (redirection == AwkRedirection.Pipe)
        {
            var pipe = new Capture(context.Budget);
            return (writing[key] = new Output(context.Writer(pipe), null, pipe)).Writer;
        }

        if (name is "/dev/stdout" or "-") return context.Output;
        if (name == "/dev/stderr") return (writing[key] = new Output(context.Error, null, null)).Writer;
        var opening = redirection == AwkRedirection.Append ? FileOpening.Append | FileOpening.Create : FileOpening.Write | FileOpening.Create | FileOpening.Truncate;
        var error = context.Open(name, opening, out var file);
        if (file is null) throw new AwkException($"cannot redirect to `{name}': {error.Message()}");
        return (writing[key] = new Output(context.Writer(file), file, null)).Writer;
    }

    /// <returns>The status of a command, 0 for a file, -1 when nothing of the name is open.</returns>
    public int Close(string name)
    {
        int status = -1;
        foreach (string key in (ReadOnlySpan<string>)[name, "|" + name])
        {
            if (reading.Remove(key, out var reader))
            {
                reader.Close();
                status = 0;
            }

            if (writing.Remove(key, out var output)) status = Finish(key, output);
        }

        return status;
    }

    public void Flush()
    {
        context.Output.Flush();
        foreach (var output in writing.Values)
        {
            if (output.Pipe is null) output.Writer.Flush();
        }
    }

    public void CloseAll()
    {
        context.Output.Flush();
        foreach (var (key, output) in writing) Finish(key, output);
        writing.Clear();
        foreach (var reader in reading.Values) reader.Close();
        reading.Clear();
    }

    public int System(string command)
    {
        Flush();
        return context.Run(new CommandCall(["sh", "-c", command]));
    }

    /// <summary>Runs a command to its end and gives what it wrote.</summary>
    private TextSource Read(string command)
    {
        Flush();
        var capture = new Capture(context.Budget);
        context.Run(new CommandCall(["sh", "-c", command]) { StandardOutput = capture });
        return new TextSource(capture.TakeBytes());
    }

    private int Finish(string key, Output output)
    {
        output.Writer.Flush();
        output.File?.Release();
        if (output.Pipe is null) return 0;
        context.Output.Flush();
        using var call = new Held(new TextSource(output.Pipe.TakeBytes()));
        return context.Run(new CommandCall(["sh", "-c", key[1..]]) { StandardInput = call.Source });
    }

    private sealed record Held(FileDescription Source) : IDisposable
    {
        public void Dispose() => Source.Release();
    }
}
