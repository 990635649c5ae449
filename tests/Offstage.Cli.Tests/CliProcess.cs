using System.Diagnostics;
using System.Text;

namespace Offstage.Cli.Tests;

/// <summary>How a command ended.</summary>
public sealed record CliResult(int ExitCode, string Output, string Error)
{
    public override string ToString() => $"exit {ExitCode}\n--- output\n{Output}\n--- error\n{Error}";
}

/// <summary>A command while it runs.</summary>
public sealed class CliProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder error = new();
    private readonly Task reading;

    public CliProcess(Process process)
    {
        this.process = process;
        reading = Task.WhenAll(ReadAsync(process.StandardOutput, output), ReadAsync(process.StandardError, error));
    }

    public string Output => TextOf(output);

    public string Error => TextOf(error);

    public void Interrupt() => Signal("INT");

    public void Terminate() => Signal("TERM");

    /// <summary>Waits until a text stands in the output.</summary>
    public Task SeesAsync(string text, int times = 1)
        => CliWorld.EventuallyAsync($"'{text}' in the output; so far:\n{this}", () => Output.Split(text).Length > times);

    /// <summary>Waits until a text stands in the errors.</summary>
    public Task SeesErrorAsync(string text)
        => CliWorld.EventuallyAsync($"'{text}' in the errors; so far:\n{this}", () => Error.Contains(text, StringComparison.Ordinal));

    public async Task<CliResult> EndAsync(string input = "")
    {
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            await reading.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            Assert.Fail($"The command did not end. So far:\n{this}");
        }

        return new CliResult(process.ExitCode, Output, Error);
    }

    public override string ToString() => $"--- output\n{Output}\n--- error\n{Error}";

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        process.Dispose();
    }

    private static async Task ReadAsync(StreamReader reader, StringBuilder text)
    {
        char[] buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is > 0 and var read)
        {
            lock (text)
                text.Append(buffer, 0, read);
        }
    }

    private static string TextOf(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{process.Id}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
