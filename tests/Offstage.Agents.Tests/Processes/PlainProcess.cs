using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Offstage.Sandboxes;

namespace Offstage.Agents.Tests.Processes;

/// <summary>A process without any wall, which is found again with all it started by a mark in its environment.</summary>
internal sealed class PlainProcess : ISandboxProcess
{
    private const string MarkName = "OFFSTAGE_TEST_MARK";
    private readonly Process process;
    private readonly string mark;
    private readonly StringBuilder standardError = new();

    private PlainProcess(Process process, string mark)
    {
        this.process = process;
        this.mark = mark;
        process.ErrorDataReceived += (_, line) =>
        {
            lock (standardError)
                standardError.AppendLine(line.Data);
        };
        process.BeginErrorReadLine();
        Exited = WaitAsync();
    }

    public Stream StandardInput => process.StandardInput.BaseStream;

    public Stream StandardOutput => process.StandardOutput.BaseStream;

    public string StandardErrorTail
    {
        get
        {
            lock (standardError)
                return standardError.ToString();
        }
    }

    public Task<int> Exited { get; }

    public static Task<ISandboxProcess> StartAsync(ProcessSpec spec, string mark, string temp, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var info = new ProcessStartInfo(spec.Command[0], spec.Command.Skip(1))
        {
            WorkingDirectory = spec.WorkingDirectory!,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment.Clear();
        info.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
        info.Environment["TMPDIR"] = temp;
        info.Environment["LANG"] = "C.UTF-8";
        info.Environment[MarkName] = mark;
        foreach (var (name, value) in spec.Environment)
            info.Environment[name] = value;
        return Task.FromResult<ISandboxProcess>(new PlainProcess(Process.Start(info)!, mark));
    }

    /// <summary>Ids of the processes alive that carry the mark.</summary>
    public static IReadOnlyList<int> Alive(string mark) => Find($"{MarkName}={mark}\0");

    /// <summary>Of all processes whose mark begins with this and a dot.</summary>
    public static IReadOnlyList<int> AliveBelow(string mark) => Find($"{MarkName}={mark}.");

    private static List<int> Find(string text)
    {
        var needle = Encoding.UTF8.GetBytes(text);
        var alive = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id))
                continue;
            try
            {
                // A zombie's environment is empty: the dead are not found.
                if (File.ReadAllBytes($"{folder}/environ").AsSpan().IndexOf(needle) >= 0)
                    alive.Add(id);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It ended while we looked.
            }
        }

        return alive;
    }

    public async Task KillAsync(CancellationToken cancellationToken)
    {
        for (var ids = Alive(mark); ids.Count > 0; ids = Alive(mark))
        {
            foreach (var id in ids)
                _ = Kill(id, 9);
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, cancellationToken);
        }

        await Exited.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync(CancellationToken.None);
        process.Dispose();
    }

    private async Task<int> WaitAsync()
    {
        await process.WaitForExitAsync();
        var exitCode = process.ExitCode;
        foreach (var id in Alive(mark))
            _ = Kill(id, 9);
        return exitCode;
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int id, int signal);
}
