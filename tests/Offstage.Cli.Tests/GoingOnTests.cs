using System.Text.Json;

namespace Offstage.Cli.Tests;

/// <summary>What comes after the first turn: plans, other agents, additions, limits, siblings.</summary>
public sealed class GoingOnTests : IDisposable
{
    private readonly CliWorld world = new();

    public void Dispose() => world.Dispose();

    [Fact]
    public async Task A_plan_is_shown_changes_nothing_and_is_carried_out_when_accepted()
    {
        var planned = await world.OffstageAsync("run", "--agent", "script", "--mode", "plan", "touch early.txt\n@plan touch planned.txt");
        Assert.True(planned.ExitCode == 0, planned.ToString());
        Assert.Contains("Proposed plan\n  touch planned.txt", planned.Output);
        Assert.Contains("✗ declined", planned.Output);
        Assert.Contains("offstage accept ", (await world.OffstageAsync("show", "last")).Output);

        var carriedOut = await world.OffstageAsync("accept", "last");
        Assert.True(carriedOut.ExitCode == 0, carriedOut.ToString());
        Assert.Contains("added    planned.txt", carriedOut.Output);
        Assert.DoesNotContain("early.txt", carriedOut.Output);

        var again = await world.OffstageAsync("accept", "last");
        Assert.Contains("[no_plan]", again.Error);
    }

    [Fact]
    public async Task A_limit_that_is_reached_stops_the_turn_and_names_itself()
    {
        var result = await world.OffstageAsync("run", "--agent", "script", "--max-tokens", "100", "@usage 60\n@sleep 60");
        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Contains("its limit maxTokens is 100", result.Output);
        Assert.Contains("[limit_tokens]", result.Output);
    }

    [Fact]
    public async Task Several_candidates_work_are_compared_by_a_test_and_one_is_kept()
    {
        var run = await world.OffstageAsync("run", "--candidate", "script", "--candidate", "script:other", "echo $RANDOM$RANDOM > made.txt");
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal(2, run.Output.Split("added    made.txt").Length - 1);

        var compared = await world.OffstageAsync("compare", "last", "--test", "test -s made.txt", "--json");
        var siblings = JsonDocument.Parse(compared.Output).RootElement.GetProperty("siblings").EnumerateArray().ToList();
        Assert.Equal([0, 0], siblings.Select(s => s.GetProperty("test").GetProperty("exitCode").GetInt32()));
        Assert.Equal("other", siblings[1].GetProperty("model").GetString());
        var table = await world.OffstageAsync("compare", "last");
        Assert.Contains("script:other", table.Output);
        Assert.Contains("1 files +1 -0", table.Output);

        string kept = siblings[1].GetProperty("id").GetString()!;
        Assert.Contains("1 other is archived", (await world.OffstageAsync("keep", kept)).Output);
        var other = await world.OffstageAsync("show", siblings[0].GetProperty("id").GetString()!, "--json");
        Assert.Equal("archived", JsonDocument.Parse(other.Output).RootElement.GetProperty("status").GetString());
    }

    [Fact]
    public async Task An_image_goes_with_the_task_and_a_review_is_asked_for_by_name()
    {
        string image = Path.Combine(world.Folder, "dot.png");
        await File.WriteAllBytesAsync(
            image, Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="),
            TestContext.Current.CancellationToken);
        var run = await world.OffstageAsync("run", "--agent", "script", "--image", image, "--image", image, "@images");
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains("2 images", run.Output);
        Assert.Contains("[image_unreadable]", (await world.OffstageAsync("run", "--agent", "script", "--image", "/no/such.png", "@images")).Error);

        var review = await world.OffstageAsync("review", "last", "@say nothing to find", "--since", "main");
        Assert.True(review.ExitCode == 0, review.ToString());
        Assert.Contains("nothing to find", review.Output);
        Assert.Contains("[invalid_review]", (await world.OffstageAsync("review", "last", "--since=-evil")).Error);
        Assert.Contains("Only one of", (await world.OffstageAsync("review", "last", "--uncommitted", "--commit", "HEAD")).Error);
    }

    [Fact]
    public async Task A_request_that_is_cancelled_stops_the_turn_and_an_addition_reaches_it()
    {
        await world.UpAsync(CliWorld.FreePort());
        var asked = await world.OffstageAsync("run", "--agent", "script", "@ask Which way?");
        Assert.True(asked.ExitCode == 2, asked.ToString());
        var added = await world.OffstageAsync("prompt", "last", "--steer", "@say added");
        Assert.Contains("Added to the turn that runs", added.Output);

        var answered = await world.OffstageAsync("answer", "last", "--cancel");
        Assert.True(answered.ExitCode == 0, answered.ToString());
        Assert.Contains("Declined, and the turn stopped", answered.Output);
        Assert.Contains("+ @say added", (await world.OffstageAsync("logs", "last")).Output);
        var tooLate = await world.OffstageAsync("answer", "last", "--approve");
        Assert.Contains("[request_not_open]", tooLate.Error);
    }

    [Fact]
    public async Task Agents_that_cannot_be_understood_are_named_before_anything_starts()
    {
        Directory.CreateDirectory(world.Home);
        await File.WriteAllTextAsync(Path.Combine(world.Home, "agents.json"), """{"agents":{"x":{"kind":"hal"}}}""", TestContext.Current.CancellationToken);
        var result = await world.OffstageAsync("run", "--agent", "script", "@say hi");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("[agents_config_invalid]", result.Error);
    }
}
