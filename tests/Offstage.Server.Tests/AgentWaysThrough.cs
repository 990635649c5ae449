using System.Diagnostics;
using System.Text.Json.Nodes;
using Offstage.ModelServer;

namespace Offstage.Server.Tests;

/// <summary>
/// What a person goes through with an agent: the real program in the real sandbox behind the real server, over a model server on
/// loopback. Judged by the workspace and the log.
/// </summary>
[Collection("agents")]
public abstract class AgentWaysThrough
{
    protected abstract string Agent { get; }

    /// <summary>What the server's own environment must say for the agent to be found and to talk to the model.</summary>
    protected abstract IReadOnlyDictionary<string, string> EnvironmentFor(FakeModelServer model);

    /// <summary>Deletes what the agent keeps of its conversations.</summary>
    /// <param name="home">Its home in the sandbox.</param>
    protected abstract void DeleteConversations(string home);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_turn_runs_a_command_and_changes_a_file_and_is_committed()
    {
        await using var world = await StartAsync();
        string session = await world.CreateAsync("echo from a command > a.txt\n@patch b.txt from an edit\n@say both done");
        Assert.Equal("completed", await world.EndOfTurnAsync(session));
        var committed = await world.Server.WaitForEventAsync(session, "branch.committed");
        string workspace = await world.WorkspaceAsync(session);
        Assert.Equal("from a command\n", await File.ReadAllTextAsync(Path.Combine(workspace, "a.txt"), Stop));
        Assert.Equal("from an edit\n", await File.ReadAllTextAsync(Path.Combine(workspace, "b.txt"), Stop));
        Assert.Equal("a.txt\nb.txt\n", await TestServer.GitAsync(world.Server.Repository, "diff", "--name-only", "main", (string)committed["data"]!["branch"]!));
        var events = await world.Server.EventsAsync(session);
        Assert.Equal(1, events.Count(e => Is(e, "turn.ended")));
        Assert.Contains(events, e => Is(e, "item.completed") && e.ToJsonString().Contains("both done", StringComparison.Ordinal));
        string[] kinds = [.. events.Select(e => (string)e["kind"]!)];
        Assert.True(Array.LastIndexOf(kinds, "item.completed") < Array.IndexOf(kinds, "turn.ended"), "the turn ended before its text was stored");
        Assert.True(Array.IndexOf(kinds, "turn.ended") < Array.LastIndexOf(kinds, "checkpoint.captured"), "the checkpoint came before the turn's end");
    }

    [Theory]
    [InlineData("approve", true)]
    [InlineData("decline", false)]
    public async Task A_command_waits_for_a_person_who_decides(string decision, bool runs)
    {
        await using var world = await StartAsync();
        string session = await world.CreateAsync("touch asked.txt\n@say as you wish", mode: "ask");
        await world.Server.WaitForEventAsync(session, "request.opened");
        var view = await world.Server.SessionAsync(session);
        string file = Path.Combine((string)view["workspacePath"]!, "asked.txt");
        Assert.Equal(("awaiting_input", "approve_command", false), ((string?)view["status"], (string?)view["requests"]![0]!["body"]!["type"], File.Exists(file)));
        Assert.Contains("touch asked.txt", view["requests"]![0]!.ToJsonString(), StringComparison.Ordinal);
        await world.Server.PostAsync(
            $"/v1/sessions/{session}/requests/{(string)view["requests"]![0]!["id"]!}/answer", new JsonObject { ["answer"] = new JsonObject { ["type"] = decision } });
        await world.EndOfTurnAsync(session);

        Assert.Equal(runs, File.Exists(file));
    }

    [Fact]
    public async Task An_interrupt_in_a_command_ends_the_command_and_the_turn_and_the_next_turn_works()
    {
        await using var world = await StartAsync();
        string session = await world.CreateAsync("touch began.txt; sleep 600; touch never.txt");
        string workspace = await world.WorkspaceAsync(session);
        await world.WaitForFileAsync(session, Path.Combine(workspace, "began.txt"));
        await world.Server.PostAsync($"/v1/sessions/{session}/interrupt");
        Assert.Equal("interrupted", await world.EndOfTurnAsync(session));
        Assert.Equal("completed", await world.AskAsync(session, "touch after.txt", turn: 2));

        Assert.True(File.Exists(Path.Combine(workspace, "after.txt")));
        Assert.False(File.Exists(Path.Combine(workspace, "never.txt")));
        string sandbox = (string)(await world.Server.SessionAsync(session))["sandbox"]!["id"]!;
        Assert.DoesNotContain(TestServer.ProcessesOf(sandbox), pid => CommandLine(pid).Contains("sleep 600", StringComparison.Ordinal) || CommandLine(pid).Contains("sleep\0600", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_agent_that_dies_at_rest_is_noticed_unasked_and_the_next_prompt_goes_on_with_the_conversation()
    {
        await using var world = await StartAsync();
        string session = await world.CreateAsync("@say the word is apricot");
        Assert.Equal("completed", await world.EndOfTurnAsync(session));
        string sandbox = (string)(await world.Server.SessionAsync(session))["sandbox"]!["id"]!;
        long killed = Stopwatch.GetTimestamp();
        foreach (int process in TestServer.ProcessesOf(sandbox))
            Kill(process);
        await world.Server.WaitForEventAsync(session, "agent.stopped");
        TestContext.Current.SendDiagnosticMessage($"{Agent}: its death was noticed after {Stopwatch.GetElapsedTime(killed).TotalMilliseconds:F0} ms");

        Assert.Equal("completed", await world.AskAsync(session, "@say go on", turn: 2));
        Assert.Contains("apricot", world.Heard("@say go on"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_conversation_that_the_agent_has_lost_costs_no_prompt_S6()
    {
        await using var world = await StartAsync(idleTimeoutMs: 1000);
        string session = await world.CreateAsync("@say the word is apricot");
        Assert.Equal("completed", await world.EndOfTurnAsync(session));
        await world.WaitForRestAsync(session);
        DeleteConversations(Path.Combine(Path.GetDirectoryName(await world.WorkspaceAsync(session))!, "home"));

        Assert.Equal("completed", await world.AskAsync(session, "@prompt", turn: 2));
        Assert.Contains(await world.Server.EventsAsync(session), e => Is(e, "agent.cursor_forgotten"));
        Assert.Contains("apricot", await world.LastItemAsync(session), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revert_takes_files_and_words_back_for_the_agent_too()
    {
        await using var world = await StartAsync();
        string session = await world.CreateAsync("echo 1 > one.txt\n@say the first word is apricot");
        Assert.Equal("completed", await world.EndOfTurnAsync(session));
        Assert.Equal("completed", await world.AskAsync(session, "echo 2 > two.txt\n@say the second word is quince", turn: 2));
        await world.Server.PostAsync($"/v1/sessions/{session}/revert", new JsonObject { ["checkpoint"] = 1 });
        await world.Server.WaitForEventAsync(session, "revert.completed");
        string workspace = await world.WorkspaceAsync(session);
        Assert.Equal((true, false), (File.Exists(Path.Combine(workspace, "one.txt")), File.Exists(Path.Combine(workspace, "two.txt"))));

        Assert.Equal("completed", await world.AskAsync(session, "@say go on", turn: 3));
        string heard = world.Heard("@say go on");
        Assert.Contains("apricot", heard, StringComparison.Ordinal);
        Assert.DoesNotContain("quince", heard, StringComparison.Ordinal);
    }

    private async Task<World> StartAsync(long? idleTimeoutMs = null)
    {
        Needs.Bubblewrap();
        var model = await FakeModelServer.StartAsync();
        var server = await TestServer.StartAsync(
            environment: EnvironmentFor(model), limits: l => idleTimeoutMs is { } idle ? l with { IdleTimeoutMs = idle } : l);
        return new World(Agent, model, server);
    }

    private static bool Is(JsonObject e, string kind) => (string?)e["kind"] == kind;

    private static string CommandLine(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static void Kill(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            found.Kill();
        }
        catch (ArgumentException)
        {
            // It went with its parent.
        }
    }

    private static async Task WaitForEndAsync(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            await found.WaitForExitAsync(Stop);
        }
        catch (ArgumentException)
        {
            // It has ended.
        }
    }

    private sealed class World(string agent, FakeModelServer model, TestServer server) : IAsyncDisposable
    {
        /// <summary>More than an agent has time to start in, so that a session whose agent did not start has tried again.</summary>
        private static readonly TimeSpan FileWaitMax = TimeSpan.FromSeconds(150);

        public TestServer Server => server;

        public Task<string> CreateAsync(string prompt, string mode = "auto") => server.CreateAsync(prompt, b =>
        {
            b["agent"] = agent;
            b["mode"] = mode;
        });

        public async Task<string> EndOfTurnAsync(string session, int turn = 1)
        {
            var outcome = await server.WaitForTurnAsync(session, turn);
            Assert.True((string?)outcome["type"] != "failed", $"{outcome.ToJsonString()} after {string.Join('\n', (await server.EventsAsync(session)).Select(e => e.ToJsonString()))}");
            return (string)outcome["type"]!;
        }

        public async Task<string> AskAsync(string session, string prompt, int turn)
        {
            await server.PromptAsync(session, prompt);
            return await EndOfTurnAsync(session, turn);
        }

        /// <summary>When it is there.</summary>
        public async Task<string> WorkspaceAsync(string session)
        {
            await server.WaitForEventAsync(session, "sandbox.ready");
            return (string)(await server.SessionAsync(session))["workspacePath"]!;
        }

        /// <summary>When the file is there.</summary>
        public async Task WaitForFileAsync(string session, string path)
        {
            using var watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(path));
            var made = new TaskCompletionSource();
            watcher.Created += (_, _) => made.TrySetResult();
            watcher.Error += (_, e) => made.TrySetException(e.GetException());
            watcher.EnableRaisingEvents = true;
            if (File.Exists(path))
                return;
            try
            {
                await made.Task.WaitAsync(FileWaitMax, Stop);
            }
            catch (TimeoutException)
            {
                Assert.Fail($"{path} ({(File.Exists(path) ? "it is there" : "missing")}) after {string.Join('\n', (await server.EventsAsync(session)).Select(e => e.ToJsonString()))}");
            }
        }

        /// <summary>Until the agent's processes have ended because nothing was asked of it.</summary>
        public async Task WaitForRestAsync(string session)
        {
            var processes = TestServer.ProcessesOf((string)(await server.SessionAsync(session))["sandbox"]!["id"]!);
            await server.WaitForEventAsync(session, "sandbox.stopped");
            foreach (int process in processes)
                await WaitForEndAsync(process);
        }

        public async Task<string> LastItemAsync(string session)
            => (await server.EventsAsync(session)).Last(e => Is(e, "item.completed")).ToJsonString();

        /// <summary>All that the model was last told with this prompt.</summary>
        public string Heard(string prompt)
            => model.Requests.Select(r => r.GetRawText()).Last(r => r.Contains(prompt, StringComparison.Ordinal));

        public async ValueTask DisposeAsync()
        {
            await server.DisposeAsync();
            await model.DisposeAsync();
        }
    }
}
