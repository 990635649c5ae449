using System.Diagnostics;
using System.Text;

namespace Offstage.ScriptAgent;

/// <summary>Runs command lines with bash in the workspace.</summary>
internal sealed class Shell(string workspace, TimeProvider timeProvider)
{
    private const int OutputCharsMax = 256 * 1024;

    /// <summary>How long a background child that holds the output open is listened to after bash has ended.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(200);

    /// <param name="file">Below the workspace, or absolute.</param>
    public Task WriteAsync(string file, string text) => File.WriteAllTextAsync(Path.Combine(workspace, file), text);

    /// <summary>Runs to the end, or kills the tree when cancelled and throws.</summary>
    public async Task<(int ExitCode, string Output, TimeSpan Elapsed)> RunAsync(
        string commandLine, Func<string, ValueTask> onOutput, CancellationToken cancellationToken)
    {
        var started = timeProvider.GetTimestamp();
        var info = new ProcessStartInfo("bash")
        {
            WorkingDirectory = workspace,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };

        // One pipe for both streams keeps their order. Standard input is the protocol's pipe: a command that read it
        // would swallow the adapter's next request, so bash gives it away before the first command runs.
        info.ArgumentList.Add("-c");
        info.ArgumentList.Add("exec 2>&1 </dev/null\n" + commandLine);

        // The commands stay in the agent's own process group, so that whoever kills the agent's group kills them too.
        using var process = Process.Start(info) ?? throw new InvalidOperationException("bash did not start");
        await using var killing = cancellationToken.Register(() => Kill(process));
        var output = new StringBuilder();
        var reading = ReadAsync(process.StandardOutput.BaseStream, output, onOutput);
        await process.WaitForExitAsync(CancellationToken.None);
        await Task.WhenAny(reading, Task.Delay(Linger, timeProvider, CancellationToken.None));
        cancellationToken.ThrowIfCancellationRequested();
        string text;
        lock (output)
            text = Cut(output.ToString());
        return (process.ExitCode, text, timeProvider.GetElapsedTime(started));
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended by itself in the meantime.
        }
    }

    private static async Task ReadAsync(Stream stream, StringBuilder output, Func<string, ValueTask> onOutput)
    {
        var bytes = new byte[16 * 1024];
        var chars = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        var decoder = Encoding.UTF8.GetDecoder();
        while (await stream.ReadAsync(bytes) is > 0 and var count)
        {
            var text = new string(chars, 0, decoder.GetChars(bytes, 0, count, chars, 0));
            lock (output)
            {
                output.Append(text);
                // Memory stays bounded under `yes`: only what the final cut can show is kept.
                if (output.Length > 4 * OutputCharsMax)
                    output.Remove(OutputCharsMax, output.Length - 2 * OutputCharsMax);
            }

            await onOutput(text);
        }
    }

    private static string Cut(string text) => text.Length <= OutputCharsMax
        ? text
        : string.Concat(
            text.AsSpan(0, OutputCharsMax / 2), "\n… cut …\n", text.AsSpan(text.Length - OutputCharsMax / 2));
}
