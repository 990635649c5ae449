using System.CommandLine;
using System.Text;
using Offstage.Following;
using Offstage.Shell;
using Offstage.Shells;

namespace Offstage.Commands;

/// <summary><c>offstage sh</c>: bash inside of this process, over a tree in memory.</summary>
internal static class ShCommand
{
    private const string Root = "/workspace";

    public static Command Make()
    {
        var script = new Option<string?>("-c") { Description = "The script itself; then what follows is $0, $1, ….", HelpName = "SCRIPT" };
        var import = new Option<string?>("--import") { Description = $"Folder whose files are copied to {Root} before.", HelpName = "DIR" };
        var export = new Option<string?>("--export") { Description = $"Folder that {Root} is written to afterwards. In the one that was imported, what the script removed is removed.", HelpName = "DIR" };
        var timeout = new Option<double?>("--timeout") { Description = "End the script after so many seconds.", HelpName = "SECONDS" };
        var words = new Argument<string[]>("FILE") { Description = "Script to run, and its arguments. Without one: standard input, or a prompt.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("sh", "Run bash without starting a process, over files in memory.") { words, script, import, export, timeout }.With("""
            offstage sh -c 'echo "hello $1"' sh world
            offstage sh --import . -c 'grep -rl deprecated | wc -l'
            offstage sh --import . --export . tidy.sh --all
            offstage sh
            """);
        command.Run((parsed, environment, interrupts) => Task.FromResult(Run(
            environment, interrupts,
            new Wish(parsed.GetValue(script), parsed.GetValue(words) ?? [], parsed.GetValue(import), parsed.GetValue(export), parsed.GetValue(timeout)))));
        return command;
    }

    private static int Run(CommandEnvironment environment, Interrupts interrupts, Wish wish)
    {
        var tree = new MemoryFileTree(environment.TimeProvider);
        foreach (string folder in (string[])[Root, "/tmp", "/home", "/home/user"])
            tree.MakeDirectory(folder, folder == "/tmp" ? 0b001_111_111_111 : 0b111_101_101);
        var folders = new TreeFolder(tree, Root);
        Move("import", wish.Import, folder => folders.Import(Existing(folder)));
        string? text = wish.Script ?? (wish.Words.Length > 0 ? Read(wish.Words[0]) : null);

        using var shell = new BashShell(new ShellSettings
        {
            Files = tree,
            Time = environment.TimeProvider,
            Name = wish.Words.FirstOrDefault() ?? "bash",
            WorkingDirectory = Root,
            Environment = new Dictionary<string, string> { ["HOME"] = "/home/user", ["PATH"] = "/usr/bin:/bin", ["TERM"] = environment.Value("TERM") ?? "dumb" },
            Limits = ShellLimits.Default with { WallTime = wish.TimeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null },
        });
        string[] given = [.. wish.Words.Skip(1).Select(BytesOf)];
        int code = text is null && !Console.IsInputRedirected
            ? new ShellPrompt(shell, (script, stop) => Streamed(script, given, input: null, stop)).Run()
            : RunScript(shell, text ?? "exec bash -s -- \"$@\"", given, interrupts.First);
        Move("export", wish.Export, folder => folders.Export(folder));
        return code;
    }

    private static int RunScript(BashShell shell, string script, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var status = shell.Run(Streamed(script, arguments, Console.OpenStandardInput(), stop), stop.Token);
        switch (status.Stop)
        {
            case null:
                return status.Code;
            case ShellStop.Cancelled:
                return cancellationToken.IsCancellationRequested ? 130 : 141;
            default:
                Console.Error.WriteLine($"offstage: The script was stopped: {status.Stop.Message}. [shell_stopped]");
                return status.Code;
        }
    }

    /// <param name="stop">Cancelled when an output cannot be written: whoever read it has seen enough.</param>
    private static ShellRun Streamed(string script, IReadOnlyList<string> arguments, Stream? input, CancellationTokenSource stop)
    {
        return ShellRun.Of(script) with
        {
            Arguments = arguments,
            InputStream = input,
            Output = To(Console.OpenStandardOutput()),
            Error = To(Console.OpenStandardError()),
        };

        Action<ReadOnlyMemory<byte>> To(Stream stream) => bytes =>
        {
            try
            {
                stream.Write(bytes.Span);
            }
            catch (IOException)
            {
                stop.Cancel();
            }
        };
    }

    private static void Move(string what, string? folder, Action<string> move)
    {
        if (folder is null)
            return;
        try
        {
            move(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{what}_failed", $"The {what} of {folder} failed: {e.Message}");
        }
    }

    private static string Existing(string folder)
        => Directory.Exists(folder) ? folder : throw CommandException.Usage("folder_not_found", $"There is no folder {Path.GetFullPath(folder)}.");

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CommandException.Usage("script_unreadable", $"{file} cannot be read: {e.Message}");
        }
    }

    private static string BytesOf(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private sealed record Wish(string? Script, string[] Words, string? Import, string? Export, double? TimeoutSeconds);
}
