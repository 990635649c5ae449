using System.Text.Json;
using Offstage.ModelServer;

namespace Offstage.Cli.Tests;

/// <summary><c>offstage run</c> without a server: it hosts one itself.</summary>
public sealed class RunTests : IDisposable
{
    private readonly CliWorld world = new();

    public void Dispose() => world.Dispose();

    [Fact]
    public async Task A_run_ends_with_what_changed_and_the_branch_it_is_on()
    {
        var result = await world.OffstageAsync("run", "--agent", "script", "echo hi > hi.txt\necho to be seen");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("$ echo to be seen\n  to be seen\n✓ exit 0", result.Output);
        Assert.Contains("✓ completed", result.Output);
        Assert.Contains("1 file changed, +1 -0", result.Output);
        Assert.Contains("added    hi.txt  +1 -0", result.Output);
        string branch = world.Git("branch", "--list", "offstage/*", "--format=%(refname:short)");
        Assert.Contains($"branch  {branch}", result.Output);
        Assert.Equal("Ann Author <ann@example.org>", world.Git("log", "-1", "--format=%an <%ae>", branch));
        Assert.Equal("hi", world.Git("show", $"{branch}:hi.txt"));
        Assert.DoesNotContain('\e', result.Output);
        Assert.Contains("this command hosts one", result.Error);
    }

    [Fact]
    public async Task A_dirty_source_repository_stays_as_it_is()
    {
        File.WriteAllText(Path.Combine(world.Repository, "README.md"), "changed\n");
        File.WriteAllText(Path.Combine(world.Repository, "new.txt"), "new\n");
        string before = world.Git("status", "--porcelain", "--branch");

        var result = await world.OffstageAsync("run", "--agent", "script", "cat README.md\nrm README.md");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("  hello\n", result.Output);
        Assert.Equal(before, world.Git("status", "--porcelain", "--branch"));
        Assert.Equal("changed\n", File.ReadAllText(Path.Combine(world.Repository, "README.md")));
    }

    [Fact]
    public async Task A_failing_turn_exits_1()
    {
        var result = await world.OffstageAsync("run", "--agent", "script", "@fail it broke");

        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Contains("✗ failed: it broke [agent_error]", result.Output);
        Assert.Contains("offstage retry ", result.Output);
    }

    [Fact]
    public async Task A_request_exits_2_when_nobody_is_at_a_terminal()
    {
        var result = await world.OffstageAsync("run", "--agent", "script", "@approve rm -rf build");

        Assert.True(result.ExitCode == 2, result.ToString());
        Assert.Contains("? The agent asks to run:\n    rm -rf build", result.Output);
        Assert.Contains("--approve | --for-session | --decline", result.Output);
        // Its server is gone: nothing may look alive (S2).
        var shown = await world.OffstageAsync("show", "last", "--json");
        Assert.Equal("idle", JsonDocument.Parse(shown.Output).RootElement.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Every_line_of_json_is_an_event_and_the_last_a_summary()
    {
        var result = await world.OffstageAsync("run", "--json", "--agent", "script", "echo hi > hi.txt\n@say some words");

        Assert.True(result.ExitCode == 0, result.ToString());
        var lines = result.Output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var durable = lines.Where(l => l.TryGetProperty("sequence", out _)).Select(l => l.GetProperty("sequence").GetInt64()).ToList();
        Assert.Equal(Enumerable.Range(1, durable.Count).Select(n => (long)n), durable);
        var summary = lines[^1];
        Assert.Equal("summary", summary.GetProperty("kind").GetString());
        Assert.Equal("completed", summary.GetProperty("result").GetString());
        Assert.Equal(1, summary.GetProperty("filesChanged").GetInt32());
        Assert.StartsWith("offstage/", summary.GetProperty("branch").GetString());
        Assert.Equal(0, summary.GetProperty("exitCode").GetInt32());
    }

    [Fact]
    public async Task The_task_comes_from_standard_input()
    {
        var result = await world.OffstageInAsync(world.Repository, "echo from the pipe\n", "run", "--agent", "script", "--no-repo", "-");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("  from the pipe\n", result.Output);
    }

    [Fact]
    public async Task Outside_a_repository_it_says_what_to_do()
    {
        var result = await world.OffstageInAsync(world.Folder, "", "run", "--agent", "script", "echo hi");

        Assert.True(result.ExitCode == 64, result.ToString());
        Assert.Equal(
            $"offstage: {world.Folder} is in no git repository. Go into one, name one with --repo, or say --no-repo to work in an empty folder. [no_repository]\n",
            result.Error);
        Assert.False(Directory.Exists(world.Home));
    }

    [Fact]
    public async Task Without_an_agent_it_tells_of_the_one_that_needs_no_model()
    {
        var result = await world.OffstageAsync("run", "echo hi");

        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Contains("--agent script", result.Error);
        Assert.Contains("[no_agent]", result.Error);
    }

    [Theory]
    [InlineData("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "")]
    [InlineData("OPENAI_API_KEY", "OPENAI_BASE_URL", "/v1")]
    [InlineData("OFFSTAGE_MODEL", "OFFSTAGE_MODEL_URL", "/v1")]
    public async Task With_nothing_but_a_key_or_an_endpoint_the_built_in_agent_works(string key, string address, string path)
    {
        await using var model = await FakeModelServer.StartAsync();
        world.Variables[key] = "stub";
        world.Variables[address] = model.BaseUrl[..^"/v1".Length] + path;

        var result = await world.OffstageAsync("run", "@patch hi.txt hello\ncat hi.txt\n@say I wrote it.");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("  hello\n", result.Output);
        Assert.Contains("I wrote it.", result.Output);
        Assert.Contains("added    hi.txt  +1 -0", result.Output);
        var doctor = await world.OffstageAsync("doctor", "--json");
        var check = JsonDocument.Parse(doctor.Output).RootElement.GetProperty("checks").EnumerateArray().Single(c => c.GetProperty("name").GetString() == "agent builtin");
        Assert.Equal("ok", check.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Ctrl_c_once_stops_the_turn_and_leaves_nothing_running()
    {
        string marker = $"98765.{Random.Shared.Next()}";
        var run = world.Start("run", "--agent", "script", $"echo work > w.txt\nsleep {marker} & sleep {marker}");
        await run.SeesAsync($"$ sleep {marker}");
        await CliWorld.EventuallyAsync("the command runs", () => CliWorld.IsAlive(marker));

        run.Interrupt();
        var result = await run.EndAsync();

        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Contains("■ stopped", result.Output);
        Assert.Contains("1 file changed", result.Output);
        Assert.False(CliWorld.IsAlive(marker));
    }

    [Fact]
    public async Task Ctrl_c_twice_leaves_at_once()
    {
        string marker = $"98765.{Random.Shared.Next()}";
        var run = world.Start("run", "--agent", "script", $"sleep {marker} &\n@hang");
        await run.SeesAsync($"$ sleep {marker}");
        await CliWorld.EventuallyAsync("the command runs", () => CliWorld.IsAlive(marker));

        run.Interrupt();
        await run.SeesErrorAsync("Ctrl-C again leaves at once");
        run.Interrupt();
        var result = await run.EndAsync();

        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Contains("Left.", result.Error);
        await CliWorld.EventuallyAsync("the sandbox's processes are gone", () => !CliWorld.IsAlive(marker));
    }
}
