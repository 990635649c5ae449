using System.Collections.Concurrent;
using System.Diagnostics;

namespace Offstage.Kill.Tests.World;

/// <summary>One life of the server under test, as a process of its own. Ends with this process, however that ends.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const int SignalTerminate = 15;
    private const int LogLinesMax = 200;

    private readonly Process process;
    private readonly ConcurrentQueue<string> log = new();
    private readonly TaskCompletionSource<Uri> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(Process process) => this.process = process;

    public int Pid => process.Id;

    /// <summary>The address, once it takes requests. Faults when the process ends before.</summary>
    public Task<Uri> Ready => ready.Task;

    /// <summary>Its last lines, for messages.</summary>
    public string Log => string.Join('\n', log);

    public static ServerProcess Start(IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Offstage.Kill.Tests.Server.Program"))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var server = new ServerProcess(new Process { StartInfo = start, EnableRaisingEvents = true });
        server.process.OutputDataReceived += (_, e) => server.Take(e.Data);
        server.process.ErrorDataReceived += (_, e) => server.Take(e.Data);
        server.process.Start();
        server.process.BeginOutputReadLine();
        server.process.BeginErrorReadLine();
        _ = server.WatchAsync();
        return server;
    }

    /// <summary>SIGKILL to the server alone: what it started is left to itself, as in a real crash.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as a service manager stops it.</summary>
    public async Task<int> TerminateAsync(TimeSpan bound)
    {
        _ = Posix.Kill(process.Id, SignalTerminate);
        using var deadline = new CancellationTokenSource(bound);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The server did not end within {bound} of SIGTERM:\n{Log}");
        }

        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await KillAsync();
        process.Dispose();
    }

    private async Task WatchAsync()
    {
        await process.WaitForExitAsync();
        ready.TrySetException(new InvalidOperationException($"The server ended with code {process.ExitCode} before it was ready:\n{Log}"));

        // Nobody may be waiting for it: it was killed while it started.
        _ = ready.Task.Exception;
    }

    private void Take(string? line)
    {
        if (line is null)
            return;
        if (line.StartsWith("ready ", StringComparison.Ordinal))
            ready.TrySetResult(new Uri(line["ready ".Length..]));
        log.Enqueue(line);
        while (log.Count > LogLinesMax)
            log.TryDequeue(out _);
    }
}
