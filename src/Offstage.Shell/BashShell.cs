using System.Text;
using Offstage.Shell.Execution;
using Offstage.Shell.Streams;

namespace Offstage.Shell;

/// <summary>
/// A shell that runs bash scripts inside of this process, over a file tree. It keeps its working directory, variables, functions, options,
/// aliases and traps from one run to the next; open descriptors end with a run.
/// </summary>
/// <remarks>One run at a time. It starts no process, opens no file of the host, and reads nothing of the host's environment.</remarks>
public sealed class BashShell : IDisposable
{
    private readonly ShellSession session;
    private readonly Lock running = new();
    private readonly ShellProcess process;

    public BashShell(ShellSettings settings)
    {
        Settings = settings;
        session = new ShellSession(settings);
        using var budget = new Budget(settings.Limits, settings.Time, CancellationToken.None);
        process = ShellProcess.Start(session, new Interruption(budget));
        process.ImportFunctions();
    }

    public ShellSettings Settings { get; }

    /// <summary>Absolute.</summary>
    public string WorkingDirectory => process.WorkingDirectory;

    /// <summary>Whether the last run ended by <c>exit</c>, and not with its text: a prompt would close.</summary>
    public bool HasExited => process.LeftByExit;

    internal ShellProcess Process => process;

    /// <summary>Runs a script to its end on the calling thread, and waits for all that still holds its output.</summary>
    /// <remarks>What runs on in the background and holds neither output nor error is ended with the run.</remarks>
    public ExitStatus Run(ShellRun run, CancellationToken cancellationToken = default)
    {
        if (!running.TryEnter())
            throw new InvalidOperationException("The shell runs a script already.");
        try
        {
            using var budget = new Budget(run.Limits ?? Settings.Limits, Settings.Time, cancellationToken);
            return Run(run, budget);
        }
        finally
        {
            running.Exit();
        }
    }

    /// <summary>Runs a script on a thread of the shell's own.</summary>
    public Task<ExitStatus> RunAsync(ShellRun run, CancellationToken cancellationToken = default)
    {
        var result = new TaskCompletionSource<ExitStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        bool started = WorkerThreads.TryRun(() =>
        {
            try
            {
                result.SetResult(Run(run, cancellationToken));
            }
            catch (Exception e)
            {
                result.SetException(e);
            }
        });
        if (!started)
            result.SetException(new InvalidOperationException("There are too many threads of shells."));
        return result.Task;
    }

    /// <summary>What the shell keeps between runs: variables with attributes, functions, options, working directory, traps, aliases.</summary>
    /// <remarks>Not while a script runs. Files and open descriptors are no part of it.</remarks>
    public byte[] Save() => ShellState.Save(process);

    /// <summary>A shell that goes on where another was saved.</summary>
    /// <exception cref="InvalidDataException">The bytes are no saved shell.</exception>
    public static BashShell Restore(ShellSettings settings, ReadOnlyMemory<byte> saved)
    {
        var shell = new BashShell(settings);
        ShellState.Restore(shell.process, saved);
        return shell;
    }

    public void Dispose() => process.Descriptors.CloseAll();

    private ExitStatus Run(ShellRun run, Budget budget)
    {
        var interruption = new Interruption(budget);
        var output = new HostOutput(run.Output, budget);
        var error = new HostOutput(run.Error, budget);
        FileDescription input = run.InputStream is { } stream ? new HostInput(stream) : new TextSource(run.Input);
        process.Attach(interruption, input, output, error);
        process.Positional = run.Arguments;
        session.Register(process);
        int code = 137;
        try
        {
            string script = Encoding.Latin1.GetString(run.Script.Span);
            code = process.RunMainToEnd(script);
        }
        catch (ShellStoppedException)
        {
            // The budget knows why.
        }
        finally
        {
            process.Descriptors.CloseAll();
            // As a reader of a pipe does, the caller sees the end when the last writer is gone.
            output.WaitUntilClosed(budget);
            error.WaitUntilClosed(budget);
            session.EndOthers(process);
            session.Forget(process);
        }

        session.ThrowFault();
        return budget.Stop is { } stop ? new ExitStatus(137, stop) : new ExitStatus(code);
    }
}
