using System.Text;

namespace Offstage.Git;

/// <summary>What a sandbox must see of the host for its private git directory to work.</summary>
/// <param name="Folder">The private git directory itself; writable inside.</param>
/// <param name="ObjectDirectories">On the host, by the path at which each must be seen inside, read-only.</param>
public sealed record PrivateGit(string Folder, IReadOnlyDictionary<string, string> ObjectDirectories);

/// <summary>
/// Makes a git directory that a sandbox may write as it likes. It borrows the source's objects and copies its refs; its
/// config, hooks and index are its own, so that nothing written in it is ever read by git on the host (G5).
/// </summary>
public sealed class PrivateGitDirectory(RepositoryStore repositories)
{
    private const int AlternatesMax = 32;

    /// <summary>Makes it anew for the state of the work tree's branch. Only before anything ran in the sandbox.</summary>
    /// <param name="innerObjects">Folder inside under which the borrowed objects will be seen, numbered from 0. Not their
    /// path on the host: that may lie below a folder the sandbox can write, where it could be led astray by a link.</param>
    public async Task<PrivateGit> CreateAsync(Worktree worktree, string folder, string innerObjects, CancellationToken cancellationToken)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Dictionary<string, string> objects = ObjectDirectories(worktree.Repository)
            .Select((path, number) => (Inner: $"{innerObjects}/{number}", Host: path))
            .ToDictionary(pair => pair.Inner, pair => pair.Host);
        string common = worktree.Repository.CommonDirectory;
        Directory.CreateDirectory(Path.Combine(folder, "objects", "info"));
        Directory.CreateDirectory(Path.Combine(folder, "refs", "heads"));
        Directory.CreateDirectory(Path.Combine(folder, "info"));
        string refs = await repositories.ReadRefsAsync(worktree.Repository, cancellationToken).ConfigureAwait(false);
        if (refs.Length == 0)
            refs = $"{worktree.BaseCommit} refs/heads/{worktree.Branch}\n";
        await WriteAsync(folder, "packed-refs", refs, cancellationToken).ConfigureAwait(false);
        await WriteAsync(folder, "HEAD", $"ref: refs/heads/{worktree.Branch}\n", cancellationToken).ConfigureAwait(false);
        await WriteAsync(folder, "objects/info/alternates", string.Concat(objects.Keys.Select(inner => inner + "\n")), cancellationToken).ConfigureAwait(false);
        await WriteAsync(folder, "config", Config(worktree.Repository), cancellationToken).ConfigureAwait(false);
        CopyWhenThere(Path.Combine(worktree.GitDirectory, "index"), Path.Combine(folder, "index"));
        CopyWhenThere(Path.Combine(common, "shallow"), Path.Combine(folder, "shallow"));
        CopyWhenThere(Path.Combine(common, "info", "exclude"), Path.Combine(folder, "info", "exclude"));
        return new PrivateGit(folder, objects);
    }

    private static Task WriteAsync(string folder, string name, string text, CancellationToken cancellationToken)
        => File.WriteAllTextAsync(Path.Combine(folder, name), text, cancellationToken);

    private static string Config(GitRepository repository)
    {
        bool isDefault = repository.ObjectFormat == "sha1";
        StringBuilder config = new();
        config.Append("[core]\n\trepositoryformatversion = ").Append(isDefault ? '0' : '1');
        config.Append("\n\tfilemode = true\n\tbare = false\n\tlogallrefupdates = true\n[gc]\n\tauto = 0\n");
        if (!isDefault)
            config.Append("[extensions]\n\tobjectformat = ").Append(repository.ObjectFormat).Append('\n');
        config.Append("[user]\n\tname = Offstage Agent\n\temail = agent@localhost\n");
        return config.ToString();
    }

    /// <summary>The repository's own objects first, then those it borrows, which git follows from there.</summary>
    private static List<string> ObjectDirectories(GitRepository repository)
    {
        List<string> found = [Path.Combine(repository.CommonDirectory, "objects")];
        for (int i = 0; i < found.Count && found.Count <= AlternatesMax; i++)
        {
            string alternates = Path.Combine(found[i], "info", "alternates");
            if (!File.Exists(alternates))
                continue;
            foreach (string line in File.ReadLines(alternates).Where(line => line.Length > 0 && line[0] != '#'))
            {
                string borrowed = Path.GetFullPath(line, found[i]);
                if (!found.Contains(borrowed) && Directory.Exists(borrowed))
                    found.Add(borrowed);
            }
        }

        return found;
    }

    private static void CopyWhenThere(string from, string to)
    {
        if (File.Exists(from))
            File.Copy(from, to, overwrite: true);
    }
}
