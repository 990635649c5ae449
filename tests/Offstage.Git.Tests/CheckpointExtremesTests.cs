using System.Security.Cryptography;
using Offstage.Contracts;

namespace Offstage.Git.Tests;

/// <summary>Checkpoints where much changed at once, where a file is large, and where there was nothing before.</summary>
public sealed class CheckpointExtremesTests : IDisposable
{
    private const int Files = 10_000;

    private readonly GitWorld world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => world.Dispose();

    [Fact]
    public async Task Ten_thousand_changed_files_are_captured_compared_and_taken_back()
    {
        Worktree worktree = await world.MakeWorktreeAsync();
        for (int i = 0; i < Files; i++)
            await WriteAsync(worktree, i, $"first {i}\n");
        Assert.Equal(new DiffStat(Files, Files, 0), (await CaptureAsync(worktree, 0)).SincePrevious);
        for (int i = 0; i < Files; i++)
            await WriteAsync(worktree, i, $"second {i}\nand more\n");
        Assert.Equal(new DiffStat(Files, 2 * Files, Files), (await CaptureAsync(worktree, 1)).SincePrevious);

        CheckpointDiff diff = await world.Checkpoints.DiffAsync(worktree.Repository, world.Session, new(0), new(1), 1_000_000, Stop);
        Assert.Equal((Files, true), (diff.Files.Count, diff.Truncated));
        Assert.InRange(diff.Text.Length, 900_000, 1_100_000);
        await world.Checkpoints.RevertAsync(worktree, world.Session, new(0), Stop);
        for (int i = 0; i < Files; i++)
            Assert.Equal($"first {i}\n", await File.ReadAllTextAsync(PathOf(worktree, i), Stop));
    }

    [Fact]
    public async Task A_binary_file_of_50_MB_comes_back_byte_for_byte()
    {
        Worktree worktree = await world.MakeWorktreeAsync();
        string path = Path.Combine(worktree.WorkTree, "large.bin");
        byte[] large = new byte[50_000_000];
        new Random(1).NextBytes(large);
        await File.WriteAllBytesAsync(path, large, Stop);
        Assert.Equal(new DiffStat(1, 0, 0), (await CaptureAsync(worktree, 0)).SincePrevious);
        byte[] before = SHA256.HashData(large);
        large[25_000_000] ^= 1;
        await File.WriteAllBytesAsync(path, large, Stop);
        await CaptureAsync(worktree, 1);

        CheckpointDiff diff = await world.Checkpoints.DiffAsync(worktree.Repository, world.Session, new(0), new(1), 100_000, Stop);
        Assert.Equal([new FileDiff("large.bin", null, FileChangeKind.Modified, null, null)], diff.Files);
        Assert.InRange(diff.Text.Length, 1, 1000);
        await world.Checkpoints.RevertAsync(worktree, world.Session, new(0), Stop);
        await using var restored = File.OpenRead(path);
        Assert.Equal(before, await SHA256.HashDataAsync(restored, Stop));
    }

    [Fact]
    public async Task A_repository_without_commits_is_worked_in_from_nothing_and_stays_without()
    {
        Directory.CreateDirectory(world.Source);
        await world.ShellAsync(world.Source, "git init -q -b main; echo mine > mine.txt; git add mine.txt; echo loose > loose.txt");
        string before = await StateOfAsync(world.Source);
        Worktree worktree = await world.Worktrees.CreateAsync(world.Request(), Stop);
        Assert.Empty(GitWorld.Files(worktree.WorkTree));
        await CaptureAsync(worktree, 0);
        await world.ShellAsync(worktree.WorkTree, "echo new > new.txt");
        var captured = await CaptureAsync(worktree, 1);
        Assert.IsType<BranchCommitResult.Committed>(
            await world.Committer.CommitAsync(worktree, captured.Checkpoint, new GitAuthor("Ann", "ann@example.org"), "Add it", Stop));
        await world.Checkpoints.RevertAsync(worktree, world.Session, new(0), Stop);

        Assert.Empty(GitWorld.Files(worktree.WorkTree));
        Assert.Equal("new.txt", await world.ShellAsync(world.Source, $"git ls-tree -r --name-only {worktree.Branch}"));
        Assert.Equal(before, await StateOfAsync(world.Source));
        Worktree other = await world.Worktrees.CreateAsync(world.Request(), Stop);
        Assert.Equal(worktree.BaseCommit, other.BaseCommit);
        await world.ShellAsync(world.Source, $"git rm -q --cached mine.txt; git merge -q {worktree.Branch}; git checkout -q -- .; test -f new.txt");
    }

    [Fact]
    public async Task Nothing_of_the_persons_own_work_is_touched_by_captures_reverts_and_commits()
    {
        await world.MakeSourceAsync();
        await world.ShellAsync(world.Source, """
            echo stashed > README.md; git stash -q
            echo staged > staged.txt; git add staged.txt; echo changed >> src/a.txt; echo loose > loose.txt
            mkdir ignored; echo secret > ignored/x; git config user.name Ann; git checkout -q other --detach
            """);
        string before = await StateOfAsync(world.Source);
        Worktree worktree = await world.Worktrees.CreateAsync(world.Request(), Stop);
        for (int number = 0; number < 3; number++)
        {
            await world.ShellAsync(worktree.WorkTree, $"echo {number} > work.txt; echo {number} >> README.md; mkdir -p ignored; echo kept > ignored/mine");
            var captured = await CaptureAsync(worktree, number);
            await world.Committer.CommitAsync(worktree, captured.Checkpoint, new GitAuthor("Ann", "ann@example.org"), $"Turn {number}", Stop);
        }

        await world.Checkpoints.RevertAsync(worktree, world.Session, new(0), Stop);
        await world.Checkpoints.DeleteAllAsync(worktree.Repository, world.Session, Stop);

        Assert.Equal(before, await StateOfAsync(world.Source));
        Assert.Equal("kept\n", await File.ReadAllTextAsync(Path.Combine(worktree.WorkTree, "ignored", "mine"), Stop));
    }

    /// <summary>All that is a person's own: HEAD, index, branches but ours, stashes, settings, every file.</summary>
    private async Task<string> StateOfAsync(string folder)
        => await world.ShellAsync(folder, """
            cat .git/HEAD; git ls-files -s; git status --porcelain --ignored; git stash list; git config --list --local
            git for-each-ref --format='%(refname) %(objectname)' | grep -v offstage || true
            find . -path ./.git -prune -o -type f -exec cksum {} + | sort
            """);

    private async Task<CaptureResult.Captured> CaptureAsync(Worktree worktree, int number)
        => Assert.IsType<CaptureResult.Captured>(await world.Checkpoints.CaptureAsync(worktree, world.Session, new CheckpointNumber(number), Stop));

    private static string PathOf(Worktree worktree, int i) => Path.Combine(worktree.WorkTree, $"d{i % 100}", $"f{i}.txt");

    private static async Task WriteAsync(Worktree worktree, int i, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(worktree, i))!);
        await File.WriteAllTextAsync(PathOf(worktree, i), text, Stop);
    }
}
