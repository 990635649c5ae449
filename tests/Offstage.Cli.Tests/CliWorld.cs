using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Offstage.Cli.Tests;

/// <summary>A home, a repository and a clean environment, in which the built command is run as a person would.</summary>
public sealed class CliWorld : IDisposable
{
    private static readonly string Configuration = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/'))!);

    /// <summary>…/tests/Offstage.Cli.Tests/bin/Debug/net10.0/ stands five folders below the tree.</summary>
    private static readonly string Program = Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "../../../../..", "src/Offstage/bin", Configuration, "net10.0/offstage"));

    private readonly List<CliProcess> started = [];

    public CliWorld()
    {
        Folder = Directory.CreateTempSubdirectory("offstage-cli-").FullName;
        Directory.CreateDirectory(Repository);
        File.WriteAllText(Path.Combine(Folder, ".gitconfig"), "[user]\n\tname = Ann Author\n\temail = ann@example.org\n[init]\n\tdefaultBranch = main\n");
        File.WriteAllText(Path.Combine(Repository, "README.md"), "hello\n");
        Git("init", "-q");
        Git("add", "-A");
        Git("commit", "-qm", "first");
    }

    public string Folder { get; }

    public string Repository => Path.Combine(Folder, "repo");

    public string Home => Path.Combine(Folder, "home");

    /// <summary>Of the command's environment, besides the clean one.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    public string Git(params string[] arguments) => Run("git", arguments);

    /// <summary>A program of this machine, in the repository.</summary>
    /// <returns>Its output without the last line end.</returns>
    public string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(Info(program, Repository, arguments))!;
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {error}");
        return output.TrimEnd('\n');
    }

    /// <summary>Runs the command to its end.</summary>
    public Task<CliResult> OffstageAsync(params string[] arguments) => OffstageInAsync(Repository, "", arguments);

    public async Task<CliResult> OffstageInAsync(string folder, string input, params string[] arguments)
    {
        var process = Start(folder, arguments);
        return await process.EndAsync(input);
    }

    public CliProcess Start(params string[] arguments) => Start(Repository, arguments);

    /// <summary>Starts a server and waits until it serves.</summary>
    public async Task<CliProcess> UpAsync(int port)
    {
        var server = Start("up", "--port", $"{port}");
        await server.SeesAsync("Offstage serves http://127.0.0.1:");
        return server;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Whether a process with this text on its command line is alive.</summary>
    public static bool IsAlive(string text) => Directory.EnumerateDirectories("/proc")
        .Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]))
        .Any(folder =>
        {
            try
            {
                return File.ReadAllText(Path.Combine(folder, "cmdline")).Contains(text, StringComparison.Ordinal);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        });

    /// <summary>Waits for what is bound to happen soon; says what did not.</summary>
    public static async Task EventuallyAsync(string what, Func<bool> holds)
    {
        for (long begun = Stopwatch.GetTimestamp(); !holds();)
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(60), $"It did not happen: {what}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public void Dispose()
    {
        foreach (var process in started)
            process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private CliProcess Start(string folder, string[] arguments)
    {
        var process = new CliProcess(Process.Start(Info(Program, folder, arguments))!);
        started.Add(process);
        return process;
    }

    private ProcessStartInfo Info(string program, string folder, string[] arguments)
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string? runtime = Environment.GetEnvironmentVariable("DOTNET_ROOT");
        info.Environment.Clear();
        info.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
        info.Environment["HOME"] = Folder;
        info.Environment["OFFSTAGE_HOME"] = Home;
        info.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        if (runtime is not null)
            info.Environment["DOTNET_ROOT"] = runtime;
        foreach (var (name, value) in Variables)
            info.Environment[name] = value;
        return info;
    }
}
