using System.Text.Json;
using Offstage.Agents.BuiltIn.Conversations;
using Offstage.Contracts;

namespace Offstage.Agents.Tests.BuiltIn;

/// <summary>Every tool in the real sandbox, without network, and each bounded.</summary>
public sealed class ToolSandboxTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_tools_work_in_a_sandbox_and_what_they_tell_is_bounded()
    {
        var calls = new (string Tool, string Arguments)[]
        {
            Call("write", new { path = "src/a.txt", content = "one\r\ntwo\r\n" }),
            Call("edit", new { path = "src/a.txt", old = "one\ntwo", @new = "one\nthree" }),
            Call("edit", new { path = "src/a.txt", old = "absent", @new = "x" }),
            Call("edit", new { path = "src/a.txt", old = "e", @new = "E" }),
            Call("edit", new { path = "src/a.txt", old = "e", @new = "E", all = true }),
            Call("read", new { path = "src/a.txt" }),
            Call("shell", new { command = "seq 1 200000; touch src/b.cs; printf '\\0\\1' > bin; chmod +x src/a.txt; mkdir .hidden" }),
            Call("read", new { path = "bin" }),
            Call("read", new { path = "src" }),
            Call("read", new { path = "nowhere" }),
            Call("glob", new { pattern = "*.{cs,txt}" }),
            Call("grep", new { pattern = "^thrEE", include = "*.txt" }),
            Call("grep", new { pattern = "(", path = "src" }),
            Call("grep", new { pattern = "not there at all" }),
            Call("shell", new { command = "sleep 60 & sleep 60", timeout_seconds = 1 }),
            Call("write", new { path = "src/a.txt", content = "again\n" }),
            Call("shell", new { command = "test -x src/a.txt && cat src/a.txt && exit 7" }),
            Call("write", new { path = "src", content = "no" }),
        };
        var model = new ScriptedModel(_ => ScriptedModel.Call(calls));
        var (listener, results) = await RunAsync(model);

        string[] texts = [.. results.Select(result => result.Text)];
        Assert.Equal("Wrote src/a.txt: 10 bytes.", texts[0]);
        Assert.Equal("Edited src/a.txt: 1 replaced.", texts[1]);
        Assert.Contains("does not stand in the file", texts[2], StringComparison.Ordinal);
        Assert.Contains("3 times", texts[3], StringComparison.Ordinal);
        Assert.Equal("Edited src/a.txt: 3 replaced.", texts[4]);
        Assert.Equal("     1\tonE\r\n     2\tthrEE\r\n", texts[5]);
        Assert.InRange(texts[6].Length, 32_000, 34_000);
        Assert.StartsWith("1\n2\n", texts[6], StringComparison.Ordinal);
        Assert.Contains("bytes cut", texts[6], StringComparison.Ordinal);
        Assert.EndsWith("200000\n[exit code 0]", texts[6], StringComparison.Ordinal);
        Assert.Equal("bin is not a text file.", texts[7]);
        Assert.Equal("a.txt\nb.cs", texts[8]);
        Assert.Equal("There is no nowhere.", texts[9]);
        Assert.Equal("src/a.txt\nsrc/b.cs", texts[10]);
        Assert.EndsWith("src/a.txt:2:thrEE\r\n", texts[11], StringComparison.Ordinal);
        Assert.True(results[12].IsError, texts[12]);
        Assert.Equal("No matches.", texts[13]);
        Assert.Equal("[killed after 1 s: its time was over]", texts[14]);
        Assert.Equal("again\n[exit code 7]", texts[16]);
        Assert.Equal("src: It is a folder.", texts[17]);
        Assert.Equal(7, listener.Completed<ItemBody.Command>().Last().ExitCode);
        Assert.Contains(listener.Completed<ItemBody.FileChange>(), change => change.Files[0] is { Kind: "add", Diff: not null });
        new TurnChecker(new Random(1)).See(listener.Seen);
    }

    private static (string Tool, string Arguments) Call(string tool, object arguments) => (tool, JsonSerializer.Serialize(arguments));

    private static async Task<(AgentListener Listener, IReadOnlyList<Entry.Result> Results)> RunAsync(ScriptedModel model)
    {
        await using var sandbox = await RealSandbox.CreateAsync([]);
        await using var rig = model.CreateRig();
        var (session, listener) = await rig.OpenAsync(sandbox.Take(rig.Start()));
        await session.StartTurnAsync(new TurnInput("go"), Cancellation);
        Assert.Equal(AgentTurnOutcome.Completed, (await listener.NextAsync<AgentEvent.TurnEnded>()).Outcome);
        await session.DisposeAsync();
        return (listener, [.. model.Requests[^1].Entries.OfType<Entry.Result>()]);
    }
}
