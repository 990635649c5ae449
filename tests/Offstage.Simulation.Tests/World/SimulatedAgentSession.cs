using System.Threading.Channels;
using Offstage.Agents;
using Offstage.Contracts;

namespace Offstage.Simulation.Tests.World;

/// <summary>A live simulated agent. Its program runs in the world; only its words and its calls cross into the host.</summary>
internal sealed class SimulatedAgentSession : IAgentSession
{
    private readonly SimulatedWorld world;
    private readonly SimulatedProcess process;
    private readonly string name;
    private readonly Channel<AgentEvent> events = Channel.CreateUnbounded<AgentEvent>();
    private readonly CancellationTokenSource ended = new();
    private readonly Dictionary<string, TaskCompletionSource> requests = [];
    private readonly ConversationMemory memory;
    private CancellationTokenSource? turn;
    private string? running;
    private int items;
    private int turns;

    public SimulatedAgentSession(SimulatedWorld world, SimulatedProcess process, string name, ResumeCursor? cursor)
    {
        this.world = world;
        this.process = process;
        this.name = name;
        memory = cursor is null ? new ConversationMemory() : world.Conversations.MemoryOf(cursor.Value);
        Cursor = cursor ?? (Chaos.Next(3) == 0 ? null : NewCursor());
        process.Ended = () => Exit(137);
    }

    public ResumeCursor? Cursor { get; private set; }

    public IAsyncEnumerable<AgentEvent> Events => ReadAsync();

    private Chaos Chaos => world.Chaos;

    public async Task StartTurnAsync(TurnInput input, CancellationToken cancellationToken)
    {
        world.Scheduler.RequireThread("The agent was called");
        world.Trace.Add("agent", $"process {process.Number} is given {input.Tag}");
        if (!process.IsSpeaking)
            throw new AgentException("agent_exited", "The simulated agent is gone.");
        world.Ledger.HandedOver(process.Sandbox.Session, input, memory, process);
        memory.Take(input);
        var behaviour = Chaos.Happens(Chaos.AgentMisbehaves)
            ? (AgentBehaviour)(1 + Chaos.Next(Enum.GetValues<AgentBehaviour>().Length - 1))
            : AgentBehaviour.Works;
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ended.Token);
        try
        {
            await Task.Delay(Chaos.Between(0.001, 1), world.Scheduler.Clock, both.Token);
            if (behaviour == AgentBehaviour.NeverConfirms)
                await Task.Delay(Timeout.InfiniteTimeSpan, world.Scheduler.Clock, both.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            throw new AgentException("agent_exited", "The simulated agent ended while it was given a prompt.");
        }

        if (behaviour == AgentBehaviour.Refuses)
            throw new AgentException("agent_refused", "The simulated agent refuses the prompt.");
        turn = new CancellationTokenSource();
        running = input.Tag;
        world.Trace.Add("agent", $"process {process.Number} takes {input.Tag}: {behaviour}");
        world.Scheduler.World.Start(() => RunTurnAsync(input.Tag!, behaviour, turn.Token));
    }

    public Task<bool> RollBackAsync(int turns, CancellationToken cancellationToken)
    {
        if (!process.IsSpeaking)
            throw new AgentException("agent_exited", "The simulated agent is gone.");
        bool done = Chaos.Next(3) != 0 && memory.TryForget(turns);
        world.Trace.Add("agent", $"process {process.Number} {(done ? "forgets" : "does not forget")} {turns} turns");
        return Task.FromResult(done);
    }

    public Task<bool> SteerAsync(string text, CancellationToken cancellationToken)
        => process.IsSpeaking ? Task.FromResult(running is not null && Chaos.Next(2) == 0) : throw new AgentException("agent_exited", "The simulated agent is gone.");

    public async Task InterruptAsync(CancellationToken cancellationToken)
    {
        if (!process.IsSpeaking)
            throw new AgentException("agent_exited", "The simulated agent is gone.");
        if (running is { } current)
            world.Ledger.Interrupted(current);
        if (Chaos.Happens(Chaos.AgentIgnoresInterrupt))
        {
            world.Trace.Add("agent", $"process {process.Number} ignores an interrupt");
            if (Chaos.Next(2) == 0)
                await Task.Delay(Timeout.InfiniteTimeSpan, world.Scheduler.Clock, cancellationToken);
            return;
        }

        turn?.Cancel();
    }

    public Task<bool> AnswerAsync(string requestKey, RequestAnswer answer, CancellationToken cancellationToken)
    {
        if (!process.IsSpeaking)
            throw new AgentException("agent_exited", "The simulated agent is gone.");
        return Task.FromResult(requests.Remove(requestKey, out var waiting) && waiting.TrySetResult());
    }

    public ValueTask DisposeAsync()
    {
        process.End(Chaos.Happens(Chaos.AgentLeavesChild));
        return ValueTask.CompletedTask;
    }

    private async Task RunTurnAsync(string tag, AgentBehaviour behaviour, CancellationToken interrupted)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(interrupted, ended.Token);
        try
        {
            if (Chaos.Next(4) != 0)
                Say(new AgentEvent.TurnStarted { TurnTag = tag });
            await WorkAsync(tag, behaviour == AgentBehaviour.Floods ? 300 : Chaos.Next(4), both.Token);
            await BehaveAsync(tag, behaviour, both.Token);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested && process.IsSpeaking)
        {
            running = null;
            if (behaviour is AgentBehaviour.ReportsRest)
                Rest(tag, AgentReport.Interrupted);
            else
                Say(new AgentEvent.TurnEnded(AgentTurnOutcome.Interrupted, null) { TurnTag = tag });
        }
    }

    private async Task WorkAsync(string tag, int count, CancellationToken cancellationToken)
    {
        for (int i = 0; i < count; i++)
        {
            string id = $"{tag}#{++items}";
            if (count < 100)
                await PauseAsync(0.001, 3, cancellationToken);
            Say(new AgentEvent.ItemStarted(new Item(id, ItemStatus.InProgress, new ItemBody.Message(""))) { TurnTag = tag });
            Say(new AgentEvent.Delta(id, DeltaKind.Message, "text") { TurnTag = tag });
            process.Sandbox.IsDirty = process.Sandbox.HasRepository;
            Say(new AgentEvent.ItemCompleted(new Item(id, ItemStatus.Completed, new ItemBody.Message($"said in {id}"))) { TurnTag = tag });
        }

        if (Chaos.Next(6) == 0)
            Say(new AgentEvent.UsageReported(new TokenUsage(1, 2, 3, 4, 5, 6, null)) { TurnTag = tag });
        if (Cursor is null || Chaos.Next(8) == 0)
            Say(new AgentEvent.CursorChanged(Cursor = NewCursor()) { TurnTag = tag });
    }

    private async Task BehaveAsync(string tag, AgentBehaviour behaviour, CancellationToken cancellationToken)
    {
        switch (behaviour)
        {
            case AgentBehaviour.Crashes:
                process.End(Chaos.Happens(Chaos.AgentLeavesChild));
                break;
            case AgentBehaviour.Hangs:
                await Task.Delay(Timeout.InfiniteTimeSpan, world.Scheduler.Clock, cancellationToken);
                break;
            case AgentBehaviour.ReportsRest:
                Rest(tag, Chaos.Pick(AgentReport.Ready, AgentReport.Interrupted, AgentReport.Stopped, AgentReport.Error));
                break;
            case AgentBehaviour.FailsTurn:
                End(tag, AgentTurnOutcome.Failed);
                break;
            case AgentBehaviour.RejectsCursor when Cursor is not null:
                world.Trace.Add("agent", $"process {process.Number} rejects {Cursor.Value} after all");
                world.Ledger.Rejected(process.Sandbox.Session, Cursor.Value);
                Say(new AgentEvent.CursorRejected("The simulated agent cannot go on with the conversation.") { TurnTag = tag });
                break;
            case AgentBehaviour.Asks:
                await AskAsync(tag, cancellationToken);
                End(tag, AgentTurnOutcome.Completed);
                break;
            case AgentBehaviour.SpeaksLate:
                End(tag, AgentTurnOutcome.Completed);
                await PauseAsync(0.001, 30, ended.Token);
                await WorkAsync(tag, 1, ended.Token);
                Say(new AgentEvent.TurnEnded(AgentTurnOutcome.Completed, null) { TurnTag = tag });
                Say(new AgentEvent.Reported(AgentReport.Stopped, null) { TurnTag = tag });
                break;
            case AgentBehaviour.CrashesIdle:
                End(tag, AgentTurnOutcome.Completed);
                await PauseAsync(0.001, 60, ended.Token);
                process.End(leavesChild: false);
                break;
            default:
                End(tag, AgentTurnOutcome.Completed);
                break;
        }
    }

    private async Task AskAsync(string tag, CancellationToken cancellationToken)
    {
        string key = $"ask-{process.Number}-{++turns}";
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        requests[key] = answered;
        Say(new AgentEvent.RequestOpened(key, null, new RequestBody.ApproveCommand("rm -rf build", null, null)) { TurnTag = tag });
        if (Chaos.Happens(0.1))
        {
            await PauseAsync(0.1, 10, cancellationToken);
            requests.Remove(key);
            Say(new AgentEvent.RequestClosed(key) { TurnTag = tag });
            return;
        }

        await using (cancellationToken.UnsafeRegister(static (source, token) => ((TaskCompletionSource)source!).TrySetCanceled(token), answered))
            await answered.Task;
    }

    /// <summary>It rests, and has not ended its turn.</summary>
    private void Rest(string tag, AgentReport report)
    {
        if (report == AgentReport.Ready)
            world.Ledger.SaidCompleted(tag);
        world.Ledger.Rested(process, tag, report);
        Say(new AgentEvent.Reported(report, null) { TurnTag = Chaos.Next(2) == 0 ? tag : null });
    }

    private void End(string tag, AgentTurnOutcome outcome)
    {
        running = null;
        if (outcome == AgentTurnOutcome.Completed)
            world.Ledger.SaidCompleted(tag);
        Say(new AgentEvent.TurnEnded(outcome, outcome == AgentTurnOutcome.Failed ? "The simulated work failed." : null) { TurnTag = tag });
    }

    private void Say(AgentEvent e)
    {
        if (!process.IsSpeaking)
            return;
        if (e is not (AgentEvent.Delta or AgentEvent.ItemStarted))
            world.Trace.Add("agent", $"process {process.Number} says {e.GetType().Name}{(e is AgentEvent.Reported r ? " " + r.Report : "")} of {e.TurnTag ?? "no turn"}");
        events.Writer.TryWrite(e);
    }

    private void Exit(int code)
    {
        world.Trace.Add("agent", $"process {process.Number} ends while it has {running ?? "nothing to do"}");
        events.Writer.TryWrite(new AgentEvent.Exited(code, "", null));
        events.Writer.TryComplete();
        ended.Cancel();
    }

    private Task PauseAsync(double from, double to, CancellationToken cancellationToken)
        => Task.Delay(Chaos.Between(from, to), world.Scheduler.Clock, cancellationToken);

    private ResumeCursor NewCursor()
    {
        var cursor = new ResumeCursor(name, $"cursor-{process.Number}-{++items}");
        world.Conversations.Keep(cursor.Value, process.Sandbox.Id, memory);
        world.Ledger.Issued(cursor, process.Sandbox.Session);
        return cursor;
    }

    private async IAsyncEnumerable<AgentEvent> ReadAsync()
    {
        while (await events.Reader.WaitToReadAsync())
        {
            while (events.Reader.TryRead(out var e))
                yield return e;
        }
    }
}

internal enum AgentBehaviour
{
    Works,
    Crashes,
    Hangs,
    NeverConfirms,
    Refuses,
    Floods,
    ReportsRest,
    FailsTurn,
    RejectsCursor,
    Asks,
    SpeaksLate,
    CrashesIdle,
}
