using Offstage.Agents.Script;
using Offstage.Contracts;

namespace Offstage.ScriptAgent;

/// <summary>One prompt, line by line.</summary>
internal sealed class Turn(
    TurnSpeech speech, Shell shell, Permissions permissions, TurnStartParams start, int earlierTurns, Action forgetConversation, TimeProvider timeProvider) : IDisposable
{
    private readonly CancellationTokenSource interrupt = new();
    private readonly Lock gate = new();
    private readonly Queue<string> lines = new(LinesOf(start.Text));
    private volatile bool ended;
    private bool deaf;
    private bool late;

    public bool Ended => ended;

    public void Begin() => _ = Task.Run(RunAsync);

    /// <summary>Lines added to the running turn. False when it has ended.</summary>
    public bool TrySteer(string text)
    {
        lock (gate)
        {
            if (ended)
                return false;
            foreach (var line in LinesOf(text))
                lines.Enqueue(line);
            return true;
        }
    }

    public void Interrupt()
    {
        if (!deaf)
            interrupt.Cancel();
    }

    /// <summary>Kills what runs, when nobody listens any more.</summary>
    public void Abandon() => interrupt.Cancel();

    public void Dispose() => interrupt.Dispose();

    private async Task RunAsync()
    {
        await speech.StartedAsync();
        var (outcome, error) = await RunLinesAsync();
        ended = true;
        await speech.EndedAsync(outcome, error);
        if (late)
        {
            await speech.MessageAsync(["too late"], more: true);
            await speech.EndedAsync("completed", null);
        }
    }

    private async Task<(string Outcome, string? Error)> RunLinesAsync()
    {
        try
        {
            while (TryNextLine(out var line))
            {
                interrupt.Token.ThrowIfCancellationRequested();
                if (line.StartsWith('@'))
                    await ActAsync(line);
                else
                    await GuardedCommandAsync(line, permissions.Of(start.Mode, isChange: false, line));
            }

            return ("completed", null);
        }
        catch (OperationCanceledException)
        {
            return ("interrupted", null);
        }
        catch (ActFailedException failed)
        {
            return ("failed", failed.Message);
        }
    }

    private bool TryNextLine(out string line)
    {
        lock (gate)
        {
            if (lines.TryDequeue(out line!))
                return true;
            ended = true;
            return false;
        }
    }

    private async Task ActAsync(string line)
    {
        var (name, rest) = line.IndexOf(' ') is > 0 and var space ? (line[..space], line[(space + 1)..].Trim()) : (line, "");
        switch (name)
        {
            case "@say":
                await speech.MessageAsync(WordsOf(rest), more: true);
                break;
            case "@delta":
                await speech.MessageAsync(Enumerable.Range(1, Number(name, rest)).Select(n => $"{n} "), more: true);
                break;
            case "@items":
                await ItemsAsync(Number(name, rest));
                break;
            case "@sleep":
                await speech.FlushAsync();
                await Task.Delay(Seconds(name, rest), timeProvider, interrupt.Token);
                break;
            case "@ask":
                await AskAsync(rest);
                break;
            case "@approve":
                await GuardedCommandAsync(rest, permissions.Of(AgentMode.Ask, isChange: false, rest));
                break;
            case "@patch":
                await PatchAsync(rest);
                break;
            case "@plan":
                await speech.ItemCompletedAsync(
                    new Item(speech.NextItemId(), ItemStatus.Completed, new ItemBody.ProposedPlan(rest)), more: true);
                break;
            case "@images":
                await speech.MessageAsync([$"{start.Images} images"], more: true);
                break;
            case "@hang":
                deaf = true;
                await speech.FlushAsync();
                await Task.Delay(Timeout.InfiniteTimeSpan, timeProvider, CancellationToken.None);
                break;
            case "@crash":
                await speech.FinishAsync();
                Environment.Exit(70);
                break;
            case "@flood":
                await speech.RawLineAsync(Misbehaviour.Flood(Number(name, rest)));
                break;
            case "@raw":
                await speech.RawLineAsync(Misbehaviour.UnknownNotice(rest));
                break;
            case "@garbage":
                await speech.RawLineAsync(Misbehaviour.Garbage);
                break;
            case "@reject-cursor":
                forgetConversation();
                break;
            case "@fail":
                throw new ActFailedException(rest);
            case "@end":
                await EndAsync(rest);
                break;
            case "@started":
                await speech.ReportAsync("started", "a session start in the middle of a turn");
                break;
            case "@late":
                late = true;
                break;
            case "@usage":
                await speech.UsageAsync(new TokenUsage(Number(name, rest), 0, Number(name, rest), 0, null, null, 0m));
                break;
            case "@history":
                await speech.MessageAsync([$"{earlierTurns} earlier turns"], more: true);
                break;
            case "@prompt":
                await speech.MessageAsync(
                    [start.Conversation is null ? start.Text : $"{start.Conversation}\n---\n{start.Text}"], more: true);
                break;
            default:
                throw new ActFailedException($"There is no act '{name}'. The acts are: {Acts.All}.");
        }
    }

    private async Task ItemsAsync(int count)
    {
        for (var n = 1; n <= count; n++)
        {
            var item = new Item(speech.NextItemId(), ItemStatus.InProgress, new ItemBody.Message(""));
            await speech.ItemStartedAsync(item, more: true);
            await speech.ItemCompletedAsync(
                item with { Status = ItemStatus.Completed, Body = new ItemBody.Message($"item {n}") }, more: true);
        }
    }

    private async Task AskAsync(string text)
    {
        var question = new Question("answer", text, []);
        var answer = await speech.AskAsync(null, new RequestBody.Questions([question]), interrupt.Token);
        var said = answer is RequestAnswer.Answers answers && answers.ByQuestion.TryGetValue("answer", out var values)
            ? string.Join(", ", values)
            : "(declined)";
        await speech.MessageAsync([said], more: true);
    }

    private async Task GuardedCommandAsync(string commandLine, Verdict verdict)
    {
        var id = speech.NextItemId();
        if (await IsAllowedAsync(verdict, id, new RequestBody.ApproveCommand(commandLine, null, "the script says so"), commandLine))
            await CommandAsync(id, commandLine);
        else
            await DeclineAsync(id, new ItemBody.Command(commandLine, null, null, null, null));
    }

    private async Task PatchAsync(string rest)
    {
        var (file, text) = rest.IndexOf(' ') is > 0 and var space ? (rest[..space], rest[(space + 1)..]) : (rest, "");
        var id = speech.NextItemId();
        var body = new ItemBody.FileChange([new ChangedFile(file, "add", $"@@ -0,0 +1 @@\n+{text}\n")]);
        if (!await IsAllowedAsync(permissions.Of(start.Mode, isChange: true, file), id, new RequestBody.ApproveFileChange(body.Files, null), file))
        {
            await DeclineAsync(id, body);
            return;
        }

        try
        {
            await shell.WriteAsync(file, text + "\n");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new ActFailedException($"@patch: {failed.Message}");
        }

        await speech.ItemCompletedAsync(new Item(id, ItemStatus.Completed, body), more: true);
    }

    private async Task<bool> IsAllowedAsync(Verdict verdict, string id, RequestBody request, string what)
    {
        if (verdict != Verdict.Ask)
            return verdict == Verdict.Free;
        var answer = await speech.AskAsync(id, request, interrupt.Token);
        if (answer is RequestAnswer.Approve { ForSession: true })
            permissions.Remember(what);
        return answer is RequestAnswer.Approve;
    }

    private ValueTask DeclineAsync(string id, ItemBody body)
        => speech.ItemCompletedAsync(new Item(id, ItemStatus.Declined, body), more: true);

    private async Task CommandAsync(string id, string commandLine)
    {
        var body = new ItemBody.Command(commandLine, null, null, null, null);
        await speech.ItemStartedAsync(new Item(id, ItemStatus.InProgress, body), more: false);
        try
        {
            var (exitCode, output, elapsed) = await shell.RunAsync(
                commandLine, text => speech.DeltaAsync(id, DeltaKind.CommandOutput, text, more: false), interrupt.Token);
            body = body with { Output = output, ExitCode = exitCode, DurationMs = (long)elapsed.TotalMilliseconds };
            await speech.ItemCompletedAsync(
                new Item(id, exitCode == 0 ? ItemStatus.Completed : ItemStatus.Failed, body), more: true);
        }
        catch (OperationCanceledException)
        {
            await speech.ItemCompletedAsync(new Item(id, ItemStatus.Failed, body), more: true);
            throw;
        }
    }

    private async Task EndAsync(string state)
    {
        if (state is not ("ready" or "interrupted" or "stopped" or "error"))
            throw new ActFailedException($"@end takes ready, interrupted, stopped or error, not '{state}'.");
        await speech.ReportAsync(state, state == "error" ? "the script says so" : null);
        await Task.Delay(Timeout.InfiniteTimeSpan, timeProvider, interrupt.Token);
    }

    private static int Number(string act, string text) =>
        int.TryParse(text, out var number) && number >= 0 ? number : throw new ActFailedException($"{act} takes a number, not '{text}'.");

    private static TimeSpan Seconds(string act, string text) =>
        double.TryParse(text, out var seconds) && seconds is >= 0 and < 86_400
            ? TimeSpan.FromSeconds(seconds)
            : throw new ActFailedException($"{act} takes seconds, not '{text}'.");

    private static IEnumerable<string> WordsOf(string text)
    {
        var begin = 0;
        for (var at = text.IndexOf(' '); at >= 0; at = text.IndexOf(' ', begin))
        {
            yield return text[begin..(at + 1)];
            begin = at + 1;
        }

        yield return text[begin..];
    }

    private static string[] LinesOf(string text) =>
        text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>The turn ends failed, with this message.</summary>
internal sealed class ActFailedException(string message) : Exception(message);
