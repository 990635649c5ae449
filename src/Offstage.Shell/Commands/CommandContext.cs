using Offstage.Shell.Streams;

namespace Offstage.Shell;

/// <summary>What a command has: its arguments, its surroundings, its streams, the files, and the bounds it works within.</summary>
/// <remarks>All text is bytes, one char each, at most U+00FF.</remarks>
public sealed class CommandContext
{
    private readonly Func<CommandCall, int> run;
    private readonly DescriptorTable descriptors;

    internal CommandContext(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string workingDirectory, int umask, TimeProvider time,
        IFileTree files, DescriptorTable descriptors, Interruption interruption, Func<CommandCall, int> run)
    {
        Name = arguments[0];
        Arguments = arguments is List<string> list ? list.GetRange(1, list.Count - 1) : [.. arguments.Skip(1)];
        Environment = environment;
        WorkingDirectory = workingDirectory;
        Umask = umask;
        Time = time;
        Files = files;
        this.descriptors = descriptors;
        Interruption = interruption;
        this.run = run;
        StandardInput = descriptors.Find(0) ?? ClosedFile.Instance;
        Output = new OutputWriter(descriptors.Find(1) ?? ClosedFile.Instance, interruption);
        Error = new OutputWriter(descriptors.Find(2) ?? Device.Null, interruption);
    }

    /// <summary>The process that runs the command, for those that are shells themselves.</summary>
    internal Execution.ShellProcess? Process { get; init; }

    /// <summary>As the command was called; messages begin with it.</summary>
    public string Name { get; }

    /// <summary>Without the name.</summary>
    public IReadOnlyList<string> Arguments { get; }

    /// <summary>The exported variables.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Absolute.</summary>
    public string WorkingDirectory { get; }

    public int Umask { get; }

    public TimeProvider Time { get; }

    /// <summary>The files, with the shell's devices in <c>/dev</c> and its programs in <c>/bin</c> and <c>/usr/bin</c>. Wants absolute paths: see <see cref="Resolve"/>.</summary>
    public IFileTree Files { get; }

    public FileDescription StandardInput { get; }

    /// <summary>Buffered; flushed when the command ends, and before another command runs or waits for input if order matters.</summary>
    public OutputWriter Output { get; }

    /// <summary>Buffered as <see cref="Output"/>; <see cref="Complain"/> flushes it.</summary>
    public OutputWriter Error { get; }

    public Interruption Interruption { get; }

    public Budget Budget => Interruption.Budget;

    /// <summary>Whether characters are UTF-8 sequences instead of single bytes, by LC_ALL, LC_CTYPE or LANG.</summary>
    public bool IsUtf8 => Locale.IsUtf8(name => Environment.GetValueOrDefault(name));

    /// <summary>Throws when the command is to end. Call it every few thousand bytes or turns.</summary>
    public void Check() => Interruption.Check();

    /// <summary>The absolute form of a path argument. Empty stays empty, which every call of the tree refuses as not found.</summary>
    public string Resolve(string path) => PathText.Absolute(WorkingDirectory, path);

    /// <summary>Opens a file by a path argument; <c>/dev/stdin</c>, <c>/dev/fd/N</c> and the devices included.</summary>
    /// <param name="file">Release it when done. Null on an error.</param>
    public FileError Open(string path, FileOpening opening, out FileDescription? file)
        => FileOpener.Open(Files, descriptors, Resolve(path), opening, 0b110_110_110 & ~Umask, Budget.Limits.FileBytesMax, out file);

    /// <summary>An open descriptor of the process; null when it is closed.</summary>
    public FileDescription? FindDescriptor(int descriptor) => descriptors.Find(descriptor);

    /// <summary>A buffered reader; of standard input unless another file is given.</summary>
    public InputReader Reader(FileDescription? source = null) => new(source ?? StandardInput, Interruption, flushedBeforeWaiting: Output);

    public OutputWriter Writer(FileDescription target) => new(target, Interruption);

    /// <summary>Writes <c>NAME: message</c> to standard error, after what stands in <see cref="Output"/>.</summary>
    public void Complain(string message)
    {
        Output.Flush();
        Error.Write(Name);
        Error.Write(": ");
        Error.WriteLine(message);
        Error.Flush();
    }

    /// <summary>Writes <c>NAME: subject: No such file or directory</c>, or what else the error is.</summary>
    public void Complain(string subject, FileError error) => Complain($"{subject}: {error.Message()}");

    /// <summary>Runs another command (not a function or builtin of the shell) to its end, as exec after fork would.</summary>
    /// <returns>Its status; 127 when it is not found, 126 when it cannot be run, without a message; 128 and the number when a signal ended it.</returns>
    public int Run(CommandCall call)
    {
        Output.Flush();
        Error.Flush();
        return run(call);
    }
}

/// <summary>A command to be run by another: find -exec, xargs, env, timeout, awk's pipes.</summary>
/// <param name="Arguments">With the name first.</param>
public sealed record CommandCall(IReadOnlyList<string> Arguments)
{
    /// <summary>Null: as the caller's.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>Null: as the caller's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Null: as the caller's. Not released by the call.</summary>
    public FileDescription? StandardInput { get; init; }

    public FileDescription? StandardOutput { get; init; }

    public FileDescription? StandardError { get; init; }

    /// <summary>What else may end the command; null for the caller's own.</summary>
    public Interruption? Interruption { get; init; }
}
