namespace Offstage.Cli.Tests;

/// <summary>The shell by hand: streams, exit codes, files in and out.</summary>
public sealed class ShTests : IDisposable
{
    private readonly CliWorld world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => world.Dispose();

    [Fact]
    public async Task A_script_has_its_words_its_streams_and_its_exit_code()
    {
        var ran = await world.OffstageAsync("sh", "-c", "echo \"$0 $1 $#\"; echo careful >&2; exit 7", "name", "-x", "--json");
        Assert.Equal((7, "name -x 2\n", "careful\n"), (ran.ExitCode, ran.Output, ran.Error));

        string file = Path.Combine(world.Folder, "count.sh");
        await File.WriteAllTextAsync(file, "for ((i = 1; i <= $1; i++)); do printf '%d ' $i; done", Stop);
        Assert.Equal("1 2 3 ", (await world.OffstageAsync("sh", file, "3")).Output);
        Assert.Contains("[script_unreadable]", (await world.OffstageAsync("sh", "/no/such/script")).Error);
        var broken = await world.OffstageAsync("sh", "-c", "fi");
        Assert.Equal(2, broken.ExitCode);
        Assert.Contains("syntax error near unexpected token", broken.Error);
    }

    [Fact]
    public async Task Nothing_of_this_machine_is_there_but_what_was_imported_and_nothing_comes_back_unasked()
    {
        string folder = Directory.CreateDirectory(Path.Combine(world.Folder, "files")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "a.txt"), "one\n", Stop);
        await File.WriteAllTextAsync(Path.Combine(folder, "gone.txt"), "x", Stop);
        await File.WriteAllTextAsync(Path.Combine(world.Folder, "outside.txt"), "outside\n", Stop);
        File.CreateSymbolicLink(Path.Combine(folder, "way-out"), Path.Combine(world.Folder, "outside.txt"));
        const string script = "cat /etc/passwd way-out; cat a.txt; echo two >> a.txt; rm gone.txt way-out; echo mine > way-out; mkdir -p deep/er; echo x > deep/er/x; chmod +x deep/er/x; ln -s er deep/link";
        var ran = await world.OffstageAsync("sh", "--import", folder, "-c", script);
        Assert.Equal("one\n", ran.Output);
        Assert.Equal("one\n", await File.ReadAllTextAsync(Path.Combine(folder, "a.txt"), Stop));

        await world.OffstageAsync("sh", "--import", folder, "--export", folder, "-c", script);
        Assert.Equal("one\ntwo\n", await File.ReadAllTextAsync(Path.Combine(folder, "a.txt"), Stop));
        Assert.False(File.Exists(Path.Combine(folder, "gone.txt")));
        Assert.Equal("outside\n", await File.ReadAllTextAsync(Path.Combine(world.Folder, "outside.txt"), Stop));
        Assert.Equal("mine\n", await File.ReadAllTextAsync(Path.Combine(folder, "way-out"), Stop));
        Assert.True(File.GetUnixFileMode(Path.Combine(folder, "deep/er/x")).HasFlag(UnixFileMode.UserExecute));
        Assert.Equal("er", new FileInfo(Path.Combine(folder, "deep/link")).LinkTarget);

        string other = Path.Combine(world.Folder, "other");
        await world.OffstageAsync("sh", "--export", other, "-c", "echo fresh > made.txt");
        Assert.Equal(["made.txt"], Directory.GetFileSystemEntries(other).Select(Path.GetFileName));
        Assert.Contains("[folder_not_found]", (await world.OffstageAsync("sh", "--import", "/no/such", "-c", "true")).Error);
    }

    [Fact]
    public async Task Folders_behind_links_are_not_copied_and_pipes_are_left_alone()
    {
        string folder = Directory.CreateDirectory(Path.Combine(world.Folder, "files")).FullName;
        string outside = Directory.CreateDirectory(Path.Combine(world.Folder, "outside")).FullName;
        await File.WriteAllTextAsync(Path.Combine(outside, "secret"), "s", Stop);
        Directory.CreateSymbolicLink(Path.Combine(folder, "way-out"), outside);
        Directory.CreateSymbolicLink(Path.Combine(folder, "round"), folder);
        Directory.CreateDirectory(Path.Combine(folder, "old/older"));
        world.Run("mkfifo", Path.Combine(folder, "pipe"));

        var ran = await world.OffstageAsync("sh", "--import", folder, "--export", folder, "-c", "find . | sort; readlink round; rm -r old round way-out");
        Assert.Equal(($".\n./old\n./old/older\n./round\n./way-out\n{folder}\n", ""), (ran.Output, ran.Error));
        Assert.Equal(["pipe"], Directory.GetFileSystemEntries(folder).Select(Path.GetFileName));
        Assert.Equal("s", await File.ReadAllTextAsync(Path.Combine(outside, "secret"), Stop));
    }

    [Fact]
    public async Task A_script_that_does_not_end_is_ended_and_that_is_said()
    {
        var ran = await world.OffstageAsync("sh", "--timeout", "0.5", "-c", "while :; do :; done");
        Assert.Equal(137, ran.ExitCode);
        Assert.Contains("longer than 0.5 s. [shell_stopped]", ran.Error);
    }
}
