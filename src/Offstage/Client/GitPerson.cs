using System.ComponentModel;
using System.Diagnostics;
using Offstage.Contracts;

namespace Offstage.Client;

/// <summary>What git knows of the folder a command is run in, asked with the user's own configuration.</summary>
internal static class GitPerson
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>The author of the commits: as git would take it here.</summary>
    public static async Task<Person> FindAsync(CommandEnvironment environment, CancellationToken cancellationToken)
    {
        var fallback = Fallback(environment);
        string? name = null;
        string? email = null;
        string text = await RunAsync(environment, environment.WorkingDirectory, ["config", "--get-regexp", "^user\\.(name|email)$"], cancellationToken) ?? "";
        foreach (string line in text.Split('\n'))
        {
            // The last one counts, as it does for git.
            if (line.StartsWith("user.name ", StringComparison.Ordinal))
                name = Clean(line["user.name ".Length..]);
            else if (line.StartsWith("user.email ", StringComparison.Ordinal))
                email = Clean(line["user.email ".Length..]);
        }

        return new Person(name ?? fallback.Name, email ?? fallback.Email);
    }

    public static Person Fallback(CommandEnvironment environment)
    {
        string user = Clean(environment.Value("USER") ?? Environment.UserName) ?? "somebody";
        return new Person(user, $"{user}@{Clean(Environment.MachineName) ?? "localhost"}");
    }

    /// <returns>The work tree that a folder is in; null when it is in none.</returns>
    public static async Task<string?> FindRepositoryAsync(CommandEnvironment environment, string folder, CancellationToken cancellationToken)
        => (await RunAsync(environment, folder, ["rev-parse", "--show-toplevel"], cancellationToken))?.TrimEnd('\n') is { Length: > 0 } top ? top : null;

    /// <returns>What it wrote; null when it failed.</returns>
    public static async Task<string?> RunAsync(
        CommandEnvironment environment, string folder, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, environment.TimeProvider);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            git.StandardInput.Close();
            var said = git.StandardError.ReadToEndAsync(over.Token);
            string text = await git.StandardOutput.ReadToEndAsync(over.Token);
            await said;
            await git.WaitForExitAsync(over.Token);
            return git.ExitCode == 0 ? text : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static string? Clean(string text)
        => new string([.. text.Where(c => !char.IsControl(c) && c is not ('<' or '>'))]).Trim() is { Length: > 0 } clean ? clean : null;
}
