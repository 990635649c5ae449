using Offstage.Contracts;

namespace Offstage.Git.Tests;

public sealed class CheckpointTests : IDisposable
{
    private readonly GitWorld world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => world.Dispose();

    [Fact]
    public async Task Capture_holds_untracked_files_but_not_ignored_ones_and_touches_neither_index_nor_head()
    {
        Worktree worktree = await world.MakeWorktreeAsync();
        await world.ShellAsync(worktree.WorkTree, "echo staged > staged; git add staged; echo new > new.txt; rm src/a.txt; mkdir ignored; echo x > ignored/x; echo more >> README.md");
        string before = await world.ShellAsync(worktree.WorkTree, "git status --porcelain; git rev-parse HEAD; git ls-files -s");
        var captured = Assert.IsType<CaptureResult.Captured>(await CaptureAsync(worktree, 0));

        Assert.Equal(before, await world.ShellAsync(worktree.WorkTree, "git status --porcelain; git rev-parse HEAD; git ls-files -s"));
        Assert.Equal(".gitignore\nREADME.md\nnew.txt\nstaged", await world.ShellAsync(world.Source, $"git ls-tree -r --name-only {captured.Checkpoint.Commit}"));
        Assert.Equal(new DiffStat(4, 3, 1), captured.SincePrevious);
        Assert.Equal(captured.Checkpoint.Commit, await world.ShellAsync(world.Source, $"git rev-parse refs/offstage/checkpoints/{world.Session}/0"));
    }

    [Fact]
    public async Task Nothing_new_makes_no_checkpoint_and_a_number_is_captured_once()
    {
        Worktree worktree = await world.MakeWorktreeAsync();
        var first = Assert.IsType<CaptureResult.Captured>(await CaptureAsync(worktree, 0));
        Assert.Equal(new CaptureResult.Unchanged(first.Checkpoint), await CaptureAsync(worktree, 1));
        await world.ShellAsync(worktree.WorkTree, "echo b > b");
        var second = Assert.IsType<CaptureResult.Captured>(await CaptureAsync(worktree, 1));
        await world.ShellAsync(worktree.WorkTree, "echo c > c");
        var again = Assert.IsType<CaptureResult.Captured>(await CaptureAsync(worktree, 1));

        Assert.Equal(second.Checkpoint, again.Checkpoint);
        Assert.Equal(new DiffStat(1, 1, 0), again.SincePrevious);
        Assert.Equal([first.Checkpoint, second.Checkpoint], await world.Checkpoints.ListAsync(worktree.Repository, world.Session, Stop));
    }

    [Fact]
    public async Task Diff_tells_every_kind_of_change_and_is_bounded()
    {
        Worktree worktree = await world.MakeWorktreeAsync();
        await world.ShellAsync(worktree.WorkTree, "seq 1 50 > 'to move.txt'; printf 'a\\0b' > binary");
        await CaptureAsync(worktree, 0);
        await world.ShellAsync(worktree.WorkTree, "mv 'to move.txt' 'moved ü.txt'; printf 'a\\0c' > binary; rm src/a.txt; echo x > added; echo y >> README.md; rm .gitignore; ln -s x .gitignore");
        await CaptureAsync(worktree, 1);
        CheckpointDiff diff = await world.Checkpoints.DiffAsync(worktree.Repository, world.Session, new(0), new(1), 100_000, Stop);
        CheckpointDiff cut = await world.Checkpoints.DiffAsync(worktree.Repository, world.Session, new(0), new(1), 100, Stop);

        Assert.Equal(
            [
                new FileDiff(".gitignore", null, FileChangeKind.TypeChanged, 1, 2),
                new FileDiff("README.md", null, FileChangeKind.Modified, 1, 0),
                new FileDiff("added", null, FileChangeKind.Added, 1, 0),
                new FileDiff("binary", null, FileChangeKind.Modified, null, null),
                new FileDiff("moved ü.txt", "to move.txt", FileChangeKind.Renamed, 0, 0),
                new FileDiff("src/a.txt", null, FileChangeKind.Deleted, 0, 1),
            ],
            diff.Files);
        Assert.Contains("+y\n", diff.Text, StringComparison.Ordinal);
        Assert.Contains("rename to moved ü.txt", diff.Text, StringComparison.Ordinal);
        Assert.Equal((false, true), (diff.Truncated, cut.Truncated));
        Assert.Equal(diff.Files, cut.Files);
    }

    [Fact]
    public async Task Revert_restores_every_file_and_keeps_ignored_ones()
    {
        Worktree worktree = await world.MakeWorktreeAsync();
        await world.ShellAsync(worktree.WorkTree, "echo new > new.txt; mkdir -p ignored deep/er; echo x > ignored/x; echo d > deep/er/d");
        await CaptureAsync(worktree, 0);
        SortedDictionary<string, string> expected = GitWorld.Files(worktree.WorkTree);
        await world.ShellAsync(worktree.WorkTree, "rm -rf new.txt deep; echo file > deep; echo changed > README.md; mkdir src/more; echo m > src/more/m; echo later > later.txt");
        await CaptureAsync(worktree, 1);
        await world.ShellAsync(worktree.WorkTree, "echo never captured > last.txt");
        await world.Checkpoints.RevertAsync(worktree, world.Session, new(0), Stop);

        Assert.Equal(expected, GitWorld.Files(worktree.WorkTree));
        Assert.False(Directory.Exists(Path.Combine(worktree.WorkTree, "src", "more")));
        Assert.IsType<CaptureResult.Captured>(await CaptureAsync(worktree, 2));
        var absent = await Assert.ThrowsAsync<GitException>(() => world.Checkpoints.RevertAsync(worktree, world.Session, new(9), Stop));
        Assert.Equal("checkpoint_not_found", absent.Code);
    }

    [Fact]
    public async Task Random_edits_are_restored_to_each_checkpoint()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        Worktree worktree = await world.MakeWorktreeAsync();
        List<(CheckpointNumber Number, SortedDictionary<string, string> Files)> states = [];
        for (int number = 0; number < 6; number++)
        {
            for (int edit = 0; edit < 8; edit++)
                Edit(worktree.WorkTree, random);
            if (await CaptureAsync(worktree, number) is CaptureResult.Captured captured)
                states.Add((captured.Checkpoint.Number, GitWorld.Files(worktree.WorkTree)));
        }

        foreach (var (number, files) in states.OrderBy(_ => random.Next()))
        {
            await world.Checkpoints.RevertAsync(worktree, world.Session, number, Stop);
            Assert.True(files.SequenceEqual(GitWorld.Files(worktree.WorkTree)), $"checkpoint {number}, seed {seed}");
        }
    }

    [Fact]
    public async Task Repositories_inside_the_workspace_do_no_harm()
    {
        Worktree worktree = await world.MakeWorktreeAsync();
        await world.ShellAsync(worktree.WorkTree, """
            git init -q empty; echo x > empty/file
            git init -q inner; cd inner; echo y > y; git add y; git commit -qm inner
            git config core.fsmonitor 'touch ../owned; false'
            """);
        var captured = Assert.IsType<CaptureResult.Captured>(await CaptureAsync(worktree, 0));
        await world.ShellAsync(worktree.WorkTree, "echo z > inner/y; echo z > z");
        await CaptureAsync(worktree, 1);
        await world.Checkpoints.RevertAsync(worktree, world.Session, new(0), Stop);

        Assert.Contains(captured.Skipped, line => line.Contains("empty", StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(worktree.WorkTree, "owned")));
        Assert.False(File.Exists(Path.Combine(worktree.WorkTree, "z")));
        Assert.True(File.Exists(Path.Combine(worktree.WorkTree, "empty", "file")));
    }

    [Fact]
    public async Task Dot_git_that_was_rewritten_is_not_read()
    {
        Worktree worktree = await world.MakeWorktreeAsync();
        await world.ShellAsync(worktree.WorkTree, """
            git init -q --bare ../evil; git --git-dir ../evil config core.fsmonitor "touch $PWD/owned; false"
            echo "gitdir: $PWD/../evil" > .git; echo new > new.txt
            """);
        var captured = Assert.IsType<CaptureResult.Captured>(await CaptureAsync(worktree, 0));
        await world.ShellAsync(worktree.WorkTree, "rm .git; git init -q; echo newer > new.txt");
        Assert.IsType<CaptureResult.Captured>(await CaptureAsync(worktree, 1));
        await world.Checkpoints.RevertAsync(worktree, world.Session, new(0), Stop);

        Assert.Equal(new DiffStat(1, 1, 0), captured.SincePrevious);
        Assert.Equal("new\n", await File.ReadAllTextAsync(Path.Combine(worktree.WorkTree, "new.txt"), Stop));
        Assert.False(File.Exists(Path.Combine(worktree.WorkTree, "owned")));
    }

    [Fact]
    public async Task Checkpoints_of_a_session_are_deleted_and_others_kept()
    {
        Worktree worktree = await world.MakeWorktreeAsync();
        await CaptureAsync(worktree, 0);
        SessionId other = new(world.Session.Value[..^4] + "0000");
        await world.Checkpoints.CaptureAsync(worktree, other, new(0), Stop);
        await world.Checkpoints.DeleteAllAsync(worktree.Repository, world.Session, Stop);
        await world.Checkpoints.DeleteAllAsync(worktree.Repository, world.Session, Stop);

        Assert.Empty(await world.Checkpoints.ListAsync(worktree.Repository, world.Session, Stop));
        Assert.Single(await world.Checkpoints.ListAsync(worktree.Repository, other, Stop));
    }

    [Fact]
    public async Task Checkpoint_becomes_a_commit_on_the_branch_and_status_is_clean()
    {
        Worktree worktree = await world.MakeWorktreeAsync();
        await world.ShellAsync(worktree.WorkTree, "echo new > new.txt; rm src/a.txt");
        var captured = Assert.IsType<CaptureResult.Captured>(await CaptureAsync(worktree, 0));
        GitAuthor author = new("Ada", "ada@localhost");
        var committed = Assert.IsType<BranchCommitResult.Committed>(
            await world.Committer.CommitAsync(worktree, captured.Checkpoint, author, "Do it\n\nBecause.", Stop));

        Assert.Equal(committed.Commit, await world.ShellAsync(world.Source, $"git rev-parse {worktree.Branch}"));
        Assert.Equal("Ada ada@localhost Offstage offstage@localhost Do it", await world.ShellAsync(world.Source, $"git log -1 --format='%an %ae %cn %ce %s' {worktree.Branch}"));
        Assert.Equal("", await world.ShellAsync(worktree.WorkTree, "git status --porcelain"));
        Assert.Equal(
            new BranchCommitResult.NothingToCommit(committed.Commit),
            await world.Committer.CommitAsync(worktree, captured.Checkpoint, author, "Again", Stop));
    }

    private Task<CaptureResult> CaptureAsync(Worktree worktree, int number)
        => world.Checkpoints.CaptureAsync(worktree, world.Session, new CheckpointNumber(number), Stop);

    private static void Edit(string folder, Random random)
    {
        string path = Path.Combine(folder, $"d{random.Next(3)}", $"f{random.Next(4)}");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (random.Next(3) == 0)
            File.Delete(path);
        else
            File.WriteAllText(path, random.Next(5).ToString());
    }
}
