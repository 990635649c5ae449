namespace Offstage.Git.Tests;

public sealed class WorktreeTests : IDisposable
{
    private readonly GitWorld world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => world.Dispose();

    [Fact]
    public async Task Repository_is_found_from_any_folder_inside_it()
    {
        await world.MakeSourceAsync();

        Assert.Equal(new GitRepository(Path.Combine(world.Source, ".git"), "sha1"), await world.Repositories.ResolveAsync(Path.Combine(world.Source, "src"), Stop));
    }

    [Theory]
    [InlineData(null, "first")]
    [InlineData("other", "other")]
    [InlineData("v1", "first")]
    [InlineData("main~0", "first")]
    public async Task Worktree_begins_at_the_ref(string? name, string subject)
    {
        await world.MakeSourceAsync();
        Worktree worktree = await world.Worktrees.CreateAsync(world.Request() with { Ref = name }, Stop);

        Assert.Equal(subject, await world.ShellAsync(worktree.WorkTree, "git log -1 --format=%s"));
        Assert.Equal("", await world.ShellAsync(worktree.WorkTree, "git status --porcelain"));
        Assert.Equal(worktree.Branch, await world.ShellAsync(worktree.WorkTree, "git branch --show-current"));
        Assert.Contains(worktree.WorkTree, await world.ShellAsync(world.Source, "git worktree list"), StringComparison.Ordinal);
        Assert.Equal("", await world.ShellAsync(world.Source, "git fsck 2>&1; git worktree prune -v --dry-run"));
    }

    [Fact]
    public async Task Creation_can_be_repeated_over_what_a_killed_one_left()
    {
        await world.MakeSourceAsync();
        WorktreeRequest request = world.Request();
        Worktree first = await world.Worktrees.CreateAsync(request, Stop);
        await File.WriteAllTextAsync(Path.Combine(first.GitDirectory, "index.lock"), "", Stop);
        File.Delete(Path.Combine(first.WorkTree, "README.md"));
        await File.WriteAllTextAsync(Path.Combine(first.WorkTree, "src", "a.txt"), "half", Stop);
        File.Delete(Path.Combine(first.GitDirectory, "HEAD"));

        Assert.Equal(first, await world.Worktrees.CreateAsync(request, Stop));
        Assert.Equal("", await world.ShellAsync(first.WorkTree, "git status --porcelain"));
    }

    [Fact]
    public async Task Branch_of_another_worktree_is_refused()
    {
        await world.MakeSourceAsync();
        Worktree first = await world.Worktrees.CreateAsync(world.Request(), Stop);

        Assert.Equal("branch_checked_out", await CodeOfAsync(world.Request("main")));
        Assert.Equal("branch_checked_out", await CodeOfAsync(world.Request(first.Branch)));
        Assert.Equal("branch_invalid", await CodeOfAsync(world.Request("-x")));
        Assert.Equal("branch_invalid", await CodeOfAsync(world.Request("a..b")));
    }

    [Fact]
    public async Task Worktree_is_removed_and_its_branch_deleted()
    {
        await world.MakeSourceAsync();
        WorktreeRequest request = world.Request();
        Worktree worktree = await world.Worktrees.CreateAsync(request, Stop);
        WorktreeStore.Remove(worktree.Repository, request.Name);
        WorktreeStore.Remove(worktree.Repository, request.Name);
        await world.Worktrees.DeleteBranchAsync(worktree.Repository, request.Branch, Stop);
        await world.Worktrees.DeleteBranchAsync(worktree.Repository, request.Branch, Stop);

        Assert.Equal("main\nother", await world.ShellAsync(world.Source, "git for-each-ref --format='%(refname:short)' refs/heads"));
        Assert.DoesNotContain(request.Name, await world.ShellAsync(world.Source, "git worktree list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Url_is_cloned_once_and_brought_up_to_date_without_losing_branches()
    {
        await world.MakeSourceAsync();
        string url = $"file://{world.Source}";
        WorktreeRequest request = world.Request() with { Location = url, IsUrl = true };
        Worktree[] worktrees = await Task.WhenAll(Enumerable.Range(0, 3)
            .Select(_ => world.Worktrees.CreateAsync(world.Request() with { Location = url, IsUrl = true }, Stop)));
        await world.ShellAsync(world.Source, "echo new > new.txt; git add -A; git commit -qm second; git branch -D other");
        Worktree later = await world.Worktrees.CreateAsync(request, Stop);

        Assert.True(File.Exists(Path.Combine(later.WorkTree, "new.txt")));
        Assert.Equal("ref_not_found", await CodeOfAsync(world.Request() with { Location = url, IsUrl = true, Ref = "other" }));
        Assert.Single(Directory.GetDirectories(Path.Combine(world.Folder, "clones")));
        foreach (Worktree worktree in worktrees)
            Assert.Equal("first", await world.ShellAsync(worktree.WorkTree, "git log -1 --format=%s"));
    }

    [Fact]
    public async Task Clone_that_failed_leaves_nothing_that_looks_complete()
    {
        Directory.CreateDirectory(Path.Combine(world.Folder, "clones", RepositoryFolder($"file://{world.Source}") + ".partial", "rubbish"));
        Assert.Equal("clone_failed", await CodeOfAsync(world.Request() with { Location = $"file://{world.Source}", IsUrl = true }));
        await world.MakeSourceAsync();

        Worktree worktree = await world.Worktrees.CreateAsync(world.Request() with { Location = $"file://{world.Source}", IsUrl = true }, Stop);
        Assert.True(File.Exists(Path.Combine(worktree.WorkTree, "README.md")));
    }

    [Theory]
    [InlineData("https://github.com/a/b.git", true)]
    [InlineData("ssh://git@host:22/a/b", true)]
    [InlineData("git@host:a/b.git", true)]
    [InlineData("file:///srv/a", true)]
    [InlineData("http://host/a", false)]
    [InlineData("ext::sh -c id", false)]
    [InlineData("--upload-pack=id", false)]
    [InlineData("-oProxyCommand=id:x", false)]
    [InlineData("ssh://-oProxyCommand=id/x", false)]
    [InlineData("host:-x", false)]
    [InlineData("https://host/a\nb", false)]
    [InlineData("/srv/a", false)]
    public void Urls_that_could_run_something_are_not_allowed(string url, bool allowed)
        => Assert.Equal(allowed, RepositoryUrl.IsAllowed(url));

    private static string RepositoryFolder(string url)
        => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(url)))[..32];

    private async Task<string> CodeOfAsync(WorktreeRequest request)
        => (await Assert.ThrowsAsync<GitException>(() => world.Worktrees.CreateAsync(request, Stop))).Code;
}
