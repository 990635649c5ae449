using System.Text.Json;
using Offstage.Kill.Tests.Load;
using Offstage.Kill.Tests.World;

namespace Offstage.Kill.Tests;

/// <summary>One kill at one known moment each, and what has to be true afterwards.</summary>
public sealed class CrashMomentTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_prompt_that_was_accepted_before_a_kill_and_nothing_done_for_it_runs_once_after_the_restart()
    {
        await using var test = await CrashTest.StartAsync(Cancellation);
        await using var git = new HangingGitServer(test.World.Repository);
        var session = await test.CreateAsync(new { kind = "repository", url = git.Url });
        await test.AskAsync(session, "echo first >> marks");
        await git.Asked.WaitAsync(Bound, Cancellation);
        await test.AskAsync(session, "echo second >> marks");

        await test.KillAsync();
        await test.World.StartServerAsync();
        await test.RequireEarlierLifeGoneAsync();
        git.Release();

        Assert.Equal("completed", await test.AwaitEndAsync(session, turn: 1));
        Assert.Equal("completed", await test.AwaitEndAsync(session, turn: 2));
        Assert.Equal(["first", "second"], await WorkspaceMarks.ReadAsync(test.Api, session.Session, Cancellation));
        await test.RequireNothingStrandedAsync();
    }

    [Fact]
    public async Task A_kill_before_the_driver_was_called_leaves_a_session_that_fails_with_a_reason_and_can_be_retried()
    {
        string program = Path.Combine(Path.GetTempPath(), $"offstage-hanging-agent-{Guid.NewGuid():n}");
        string pipe = program + ".asked";
        await File.WriteAllTextAsync(program, $"#!/bin/bash\necho $$ > {pipe}\nread forever < {pipe}\n", Cancellation);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Equal(0, Posix.MakePipe(pipe, Convert.ToUInt32("600", 8)));
        try
        {
            await using var test = await CrashTest.StartAsync(Cancellation, new() { ["OFFSTAGE_CODEX"] = program });
            var session = await test.CreateAsync(new { kind = "none" }, agent: "codex");

            // An agent is asked for its version before a sandbox is made for it; this one never says.
            // To open a pipe waits for its other side.
            var asked = Task.Run(() => File.ReadAllText(pipe));
            await test.AskAsync(session, "echo never");
            int asking = int.Parse(await asked.WaitAsync(Bound, Cancellation));
            Assert.Empty(test.World.SandboxFolders());

            await test.KillAsync();
            _ = Posix.Kill(asking, 9);
            await File.WriteAllTextAsync(program, "#!/bin/bash\nexit 3\n", Cancellation);
            await test.World.StartServerAsync();

            Assert.NotNull(await session.FindAsync(e => Kind(e) == "session.failed", Bound, Cancellation));
            var view = await test.Api.GetAsync($"/v1/sessions/{session.Session}", Cancellation);
            Assert.Equal("failed", view.Body.GetProperty("status").GetString());
            Assert.NotEmpty(view.Body.GetProperty("failure").GetProperty("message").GetString()!);
            Assert.Equal(202, (await test.Api.PostAsync($"/v1/sessions/{session.Session}/retry", null, null, Cancellation)).Status);
            Assert.Equal("failed", await test.AwaitEndAsync(session, turn: 2));
            await test.RequireNothingStrandedAsync();
        }
        finally
        {
            File.Delete(program);
            File.Delete(pipe);
        }
    }

    [Fact]
    public async Task A_kill_in_the_middle_of_making_the_sandbox_leaves_no_sandbox_without_an_owner_and_retry_works()
    {
        await using var test = await CrashTest.StartAsync(Cancellation);
        await using var hanging = new HangingGitServer(test.World.Repository);
        var session = await test.CreateAsync(new { kind = "repository", url = hanging.Url }, attempts: 1);
        await test.AskAsync(session, "echo done >> marks");
        await hanging.Asked.WaitAsync(Bound, Cancellation);

        await test.KillAsync();
        string away = test.World.Repository + ".away";
        Directory.Move(test.World.Repository, away);
        await test.World.StartServerAsync();
        await test.RequireEarlierLifeGoneAsync();
        hanging.Release();
        Assert.Equal("failed", await test.AwaitEndAsync(session, turn: 1));
        Assert.NotNull(await session.FindAsync(e => Kind(e) == "session.failed", Bound, Cancellation));
        await test.RequireNothingStrandedAsync();

        Directory.Move(away, test.World.Repository);
        Assert.Equal(202, (await test.Api.PostAsync($"/v1/sessions/{session.Session}/retry", null, null, Cancellation)).Status);
        Assert.Equal("completed", await test.AwaitEndAsync(session, turn: 2));
        Assert.Equal(["done"], await WorkspaceMarks.ReadAsync(test.Api, session.Session, Cancellation));
        await test.RequireNothingStrandedAsync();
    }

    [Theory]
    [InlineData("process", "end", true)]
    [InlineData("none", "end", true)]
    [InlineData("process", "continue", true)]
    [InlineData("process", "end", false)]
    [InlineData("none", "end", false)]
    public async Task A_turn_under_way_when_the_server_ends_is_interrupted_or_continued_once_and_the_next_prompt_works(
        string isolation, string onAgentLost, bool killed)
    {
        await using var test = await CrashTest.StartAsync(Cancellation);
        var session = await test.CreateAsync(new { kind = "none" }, isolation: isolation, onAgentLost: onAgentLost);
        await test.AskAsync(session, "echo first >> marks\n@hang");
        Assert.NotNull(await session.FindAsync(e => Kind(e) == "item.completed", Bound, Cancellation));

        if (killed)
            await test.KillAsync();
        else
            Assert.Equal(0, await test.World.TerminateServerAsync(TimeSpan.FromSeconds(15)));
        if (!killed)
            Assert.Empty(await HomeProcesses.AwaitGoneAsync(test.World.Processes.Find(), TimeSpan.Zero));
        await test.World.StartServerAsync();

        string outcome = await test.AwaitEndAsync(session, turn: 1);
        Assert.Equal(onAgentLost == "continue" ? "completed" : "interrupted agent_lost", outcome);
        Assert.Equal(onAgentLost == "continue" ? 1 : 0, session.Events.Count(e => Kind(e) == "turn.continued"));
        Assert.Empty(await test.Promises.CheckAtWorkAsync(settled: true, Cancellation));
        await test.AskAsync(session, "echo second >> marks");
        Assert.Equal("completed", await test.AwaitEndAsync(session, turn: 2));
        Assert.Equal(["first", "second"], await WorkspaceMarks.ReadAsync(test.Api, session.Session, Cancellation));
        await test.RequireNothingStrandedAsync();
    }

    private static string? Kind(JsonElement e) => e.GetProperty("kind").GetString();
}
