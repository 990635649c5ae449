using System.Text.Json;

namespace Offstage.Cli.Tests;

/// <summary>After a run, without a server: what happened is all there.</summary>
public sealed class LookingBackTests : IDisposable
{
    private readonly CliWorld world = new();

    public void Dispose() => world.Dispose();

    [Fact]
    public async Task A_session_is_found_again_without_a_server()
    {
        var run = await world.OffstageAsync("run", "--agent", "script", "--title", "Say hi", "echo hi > hi.txt\necho seen");
        Assert.True(run.ExitCode == 0, run.ToString());

        var sessions = await world.OffstageAsync("sessions");
        Assert.Contains("Say hi", sessions.Output);
        var list = JsonDocument.Parse((await world.OffstageAsync("sessions", "--json")).Output).RootElement.GetProperty("sessions");
        string id = Assert.Single(list.EnumerateArray()).GetProperty("id").GetString()!;
        Assert.Contains($"session: {id}", run.Output);

        var show = await world.OffstageAsync("show", id[^6..]);
        Assert.Contains("The last turn is done.", show.Output);
        Assert.Contains("checkpoint 1: 1 file, +1 -0", show.Output);

        var diff = await world.OffstageAsync("diff", "last");
        Assert.Contains("+++ b/hi.txt\n@@ -0,0 +1 @@\n+hi\n", diff.Output);
        Assert.Contains("added    hi.txt", (await world.OffstageAsync("diff", id, "--stat")).Output);

        var logs = await world.OffstageAsync("logs", "last");
        Assert.Contains("$ echo seen\n  seen\n", logs.Output);
        Assert.Equal("", logs.Error);
    }

    [Fact]
    public async Task A_revert_puts_the_files_back()
    {
        var run = await world.OffstageAsync("run", "--agent", "script", "echo hi > hi.txt");
        Assert.True(run.ExitCode == 0, run.ToString());

        var revert = await world.OffstageAsync("revert", "last", "0");
        Assert.True(revert.ExitCode == 0, revert.ToString());

        var view = JsonDocument.Parse((await world.OffstageAsync("show", "last", "--json")).Output).RootElement;
        string[] files = [.. Directory.GetFiles(view.GetProperty("workspacePath").GetString()!).Select(Path.GetFileName).OfType<string>()];
        Assert.Contains("README.md", files);
        Assert.DoesNotContain("hi.txt", files);
    }

    [Fact]
    public async Task A_next_prompt_is_followed_to_its_end()
    {
        await world.OffstageAsync("run", "--agent", "script", "echo one > one.txt");

        var result = await world.OffstageAsync("prompt", "last", "cat one.txt; echo two > two.txt");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("  one\n", result.Output);
        Assert.Contains("added    two.txt", result.Output);
        Assert.DoesNotContain("added    one.txt", result.Output);
    }

    [Fact]
    public async Task A_deleted_session_is_gone()
    {
        await world.OffstageAsync("run", "--agent", "script", "echo one > one.txt");

        var refused = await world.OffstageAsync("delete", "last");
        Assert.True(refused.ExitCode == 64, refused.ToString());
        var deleted = await world.OffstageAsync("delete", "last", "--yes");
        Assert.True(deleted.ExitCode == 0, deleted.ToString());
        Assert.StartsWith("Deleted ses_", deleted.Output);

        Assert.Equal("No sessions. 'offstage run' makes one.\n", (await world.OffstageAsync("sessions")).Output);
    }

    [Fact]
    public async Task An_unknown_session_is_said_to_be_unknown()
    {
        var result = await world.OffstageAsync("show", "nope");

        Assert.Equal(new CliResult(1, "", "offstage: There is no session 'nope'. 'offstage sessions' lists them. [session_not_found]\n"), result);
    }

    [Fact]
    public async Task A_wrong_call_exits_64_and_names_the_help()
    {
        var result = await world.OffstageAsync("show");

        Assert.True(result.ExitCode == 64, result.ToString());
        Assert.Contains("See 'offstage show --help'. [usage]", result.Error);
        var help = await world.OffstageAsync("show", "--help");
        Assert.True(help.ExitCode == 0, help.ToString());
        Assert.Contains("offstage show last", help.Output);
        Assert.Contains("Exit codes:", help.Output);
    }

    [Fact]
    public async Task Doctor_says_what_is_missing_and_what_to_do()
    {
        var result = await world.OffstageAsync("doctor", "--json");

        var report = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(report.GetProperty("usable").GetBoolean() ? 0 : 1, result.ExitCode);
        var checks = report.GetProperty("checks").EnumerateArray().ToDictionary(c => c.GetProperty("name").GetString()!);
        Assert.Equal("ok", checks["home"].GetProperty("status").GetString());
        Assert.Contains("Ann Author <ann@example.org>", checks["git"].GetProperty("detail").GetString());
        Assert.Equal("ok", checks["agent script"].GetProperty("status").GetString());
        Assert.All(checks.Values.Where(c => c.GetProperty("status").GetString() != "ok"), c => Assert.NotEmpty(c.GetProperty("toDo").GetString()!));
        Assert.False(Directory.Exists(world.Home));
    }
}
