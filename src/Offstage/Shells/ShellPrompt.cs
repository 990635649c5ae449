using System.Runtime.InteropServices;
using System.Text;
using Offstage.Shell;

namespace Offstage.Shells;

/// <summary>A person at the terminal: a line is read, run when it is complete, and the next one asked for. Ctrl-C ends what runs, Ctrl-D the shell.</summary>
internal sealed class ShellPrompt(BashShell shell, Func<string, CancellationTokenSource, ShellRun> makeRun)
{
    private CancellationTokenSource? running;

    /// <returns>The last exit code.</returns>
    public int Run()
    {
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            Volatile.Read(ref running)?.Cancel();
        });
        int code = 0;
        while (true)
        {
            if (ReadScript() is not { } script)
            {
                Console.Error.WriteLine("exit");
                return code;
            }

            code = RunOne(script, out bool left);
            if (left)
                return code;
        }
    }

    private int RunOne(string script, out bool left)
    {
        using var stop = new CancellationTokenSource();
        Volatile.Write(ref running, stop);
        try
        {
            var status = shell.Run(makeRun(script, stop), stop.Token);
            left = shell.HasExited;
            if (status.Stop is { } why)
                Console.Error.WriteLine(why is ShellStop.Cancelled ? "" : $"offstage: {why.Message}");
            return status.Stop is ShellStop.Cancelled ? 130 : status.Code;
        }
        finally
        {
            Volatile.Write(ref running, null);
        }
    }

    /// <returns>Null at the end of the input.</returns>
    private string? ReadScript()
    {
        var script = new StringBuilder();
        Console.Error.Write($"{shell.WorkingDirectory} $ ");
        while (Console.In.ReadLine() is { } line)
        {
            script.Append(line).Append('\n');
            if (!ScriptText.IsIncomplete(script.ToString()))
                return script.ToString();
            Console.Error.Write("> ");
        }

        return script.Length > 0 ? script.ToString() : null;
    }
}
