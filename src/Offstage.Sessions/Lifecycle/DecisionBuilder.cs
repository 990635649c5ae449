using Offstage.Contracts;
using static Offstage.Contracts.SessionEventBody;

namespace Offstage.Sessions.Lifecycle;

/// <summary>One decision in the making: every event is applied as it is emitted, so that the next step sees its outcome.</summary>
internal sealed class DecisionBuilder(SessionState? initial, DecisionContext context)
{
    /// <summary>How long a kill may take before the sandbox is given up and replaced.</summary>
    public static readonly TimeSpan KillTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan BackoffFirst = TimeSpan.FromSeconds(1);

    private readonly List<SessionEventBody> events = [];
    private readonly List<PlannedEffect> effects = [];
    private SessionState? state = initial;

    public SessionState State => state ?? throw new InvariantViolatedException("Invariant S1 does not hold: no session yet");

    public DateTimeOffset Now => context.Now;

    public SessionStatus Status => State.Status;

    private SessionLimits Limits => State.Limits;

    public Decision Build() => new Decision.Accepted(State, events, effects);

    public void Emit(SessionEventBody body)
    {
        state = SessionEvolver.Evolve(state, context.Session, Now, body);
        events.Add(body);
    }

    public void Plan(SessionEffect effect)
    {
        Invariant.Require(events.Count > 0, "D1");
        effects.Add(new PlannedEffect(
            new EffectId($"{context.Session.Value}.{State.Sequence.Value}.{effects.Count}"), effect));
    }

    /// <summary>Starts the next prompt when the session rests and one waits.</summary>
    /// <param name="evenIfFailed">A person asked anew: what failed may be tried again.</param>
    public void Dispatch(bool evenIfFailed = false)
    {
        bool rests = Status is SessionStatus.Created or SessionStatus.Idle || (evenIfFailed && Status is SessionStatus.Failed);
        if (!rests || State.Queue.Count == 0 || State.Reverting is not null)
            return;
        if (SpendingLimits.ExceededByAnother(State) is not null)
        {
            // They would wait for ever.
            foreach (var waiting in State.Queue)
                Emit(new PromptWithdrawn(waiting.Prompt, "limit_reached"));
            return;
        }

        var prompt = State.Queue[0];
        Emit(new TurnCreated(TurnOf(prompt.Prompt), prompt.Prompt, State.LastCheckpointNumber.Next));
        if (Status is SessionStatus.Running running && State.Agent is AgentHold.Live live && running.Turn.Prompt.Agent == State.RunningAgent?.Name)
        {
            Plan(new SessionEffect.StartTurn(running.Turn.Turn, live.Of));
            return;
        }

        StopAgent("agent_changed");
        StartAttempt(1);
    }

    public void Queue(NewPrompt prompt)
        => Emit(new PromptQueued(prompt.Prompt, prompt.Text, prompt.Model, prompt.Effort, prompt.Author, RetryOf: null, prompt.Agent, prompt.Mode, prompt.Attachments, prompt.Review));

    /// <summary>One prompt, one turn: the one's id follows from the other's (S4).</summary>
    private static TurnId TurnOf(PromptId prompt) => new("trn_" + prompt.Value["prm_".Length..]);

    /// <summary>Names a session that nobody has named after what is asked of it first.</summary>
    public void TitleFrom(string prompt)
    {
        if (State.Title is null)
            SuggestTitle(prompt);
    }

    /// <summary>Takes a title that no person gave, while none has.</summary>
    public void SuggestTitle(string text)
    {
        if (!State.TitledByPerson && FirstLine(text, 80) is { Length: > 0 } title && title != State.Title)
            Emit(new SessionRenamed(title, ByPerson: false));
    }

    public void StartAttempt(int attempt)
    {
        CloseRequests("stale");
        var sandbox = State.Sandbox.Sandbox ?? context.FreshSandbox;
        var generation = State.LastGeneration.Next;
        Emit(new ProvisioningStarted(
            sandbox, generation, attempt, Now + TimeSpan.FromMilliseconds(Limits.ProvisionTimeoutMs), Status.ActiveTurn!.Prompt.Agent));
        Plan(new SessionEffect.EnsureAgent(sandbox, generation));
    }

    /// <summary>An attempt to get sandbox and agent did not succeed: try again after a backoff, or fail for good (S2).</summary>
    public void FailAttempt(AgentGeneration generation, Failure failure, bool retryable)
    {
        var provisioning = (SessionStatus.Provisioning)Status;
        bool again = retryable && provisioning.Attempt < Limits.ProvisionAttemptsMax;
        DateTimeOffset? retryAt = again ? Now + (BackoffFirst * (1 << Math.Min(provisioning.Attempt - 1, 6))) : null;
        Emit(new ProvisioningFailed(generation, provisioning.Attempt, failure, retryAt));
        PlanStop();
        if (again)
            return;

        EndTurn(new TurnOutcome.Failed(failure), dispatch: false);
        if (State.Sandbox is SandboxHold.Creating)
            ReleaseSandbox("start_failed", saveAs: null);
        else if (State.Sandbox is SandboxHold.Ready ready)
            Emit(new SandboxStopped(ready.Id, "start_failed"));
        Emit(new SessionFailed(failure));
    }

    /// <summary>Ends the active turn, whatever state it is in, and lets the next prompt begin.</summary>
    public void EndTurn(TurnOutcome outcome, bool dispatch = true)
    {
        var turn = Status.ActiveTurn;
        Invariant.Require(turn is not null, "S3");
        CloseRequests("turn_ended");
        if (State.Agent is AgentHold.Starting)
            StopAgent("turn_ended");

        bool reachedAgent = turn.Phase != TurnPhase.Waiting;
        Emit(new TurnEnded(turn.Turn, outcome, State.Usage.Turn));
        if (reachedAgent && State.Sandbox.Sandbox is { } sandbox && State.Setup.Workspace is Workspace.Repository)
            PlanCheckpoint(turn, sandbox, outcome);
        if (dispatch)
            Dispatch();
    }

    private void PlanCheckpoint(ActiveTurn turn, SandboxId sandbox, TurnOutcome outcome)
    {
        string? message = outcome is TurnOutcome.Completed ? CommitMessage(turn.Prompt.Text) : null;
        Plan(new SessionEffect.CaptureCheckpoint(sandbox, turn.Turn, turn.Checkpoint, message, turn.Prompt.Author));
    }

    private string CommitMessage(string prompt)
    {
        string subject = FirstLine(prompt, 72);
        return $"{(subject.Length == 0 ? "Work of an agent" : subject)}\n\nOffstage-Session: {State.Session.Value}\n";
    }

    /// <summary>One line of clean text: whatever an agent or a paste brings along.</summary>
    private static string FirstLine(string text, int lengthMax)
    {
        var trimmed = text.AsSpan().Trim();
        int end = trimmed.IndexOfAny('\r', '\n');
        var line = end < 0 ? trimmed : trimmed[..end].TrimEnd();
        var clean = new System.Text.StringBuilder(Math.Min(line.Length, lengthMax));
        foreach (var r in line.EnumerateRunes())
        {
            if (clean.Length + r.Utf16SequenceLength >= lengthMax)
                return clean.Append('…').ToString();
            if (!System.Text.Rune.IsControl(r))
                clean.Append(r.ToString());
        }

        return clean.ToString();
    }

    /// <summary>The turn fails by the agent's own account: its conversation is not trusted again (S6).</summary>
    public void FailTurnOfAgent(Failure failure)
    {
        var outcome = Status is SessionStatus.Stopping stopping ? stopping.Ending : new TurnOutcome.Failed(failure);
        ForgetCursor(failure.Code);
        StopAgent(failure.Code);
        EndTurn(outcome);
    }

    /// <summary>Bound to the agent that runs, as it is configured (S6).</summary>
    public void SaveCursor(string value)
    {
        if (State.RunningAgent is not { } running)
            return;
        var saved = new SavedCursor(running.Name, value, running.Binding);
        if (saved != State.Cursor)
            Emit(new CursorSaved(saved.Agent, saved.Value, saved.Binding));
    }

    /// <summary>Over a limit the turn is stopped and fails, naming it.</summary>
    public void EnforceLimits()
    {
        if (Status is SessionStatus.Running or SessionStatus.AwaitingInput && SpendingLimits.Exceeded(State) is { } reached)
            BeginStopping(new TurnOutcome.Failed(reached));
    }

    public void ForgetCursor(string reason)
    {
        if (State.Cursor is not null)
            Emit(new CursorForgotten(reason));
    }

    /// <summary>Lets go of the agent process, if there is one, and has it ended.</summary>
    public void StopAgent(string reason)
    {
        if (State.Agent.Generation is not { } generation)
            return;
        Emit(new AgentStopped(generation, reason));
        PlanStop();
    }

    /// <summary>Nothing of the agents so far may be left running.</summary>
    public void PlanStop() => Plan(new SessionEffect.StopAgent(State.LastGeneration, State.Sandbox.Sandbox));

    /// <summary>Stop is final here at once; the agent has until the deadline to confirm (S9).</summary>
    public void BeginStopping(TurnOutcome ending)
    {
        var turn = Status.ActiveTurn;
        Invariant.Require(turn is not null, "S3");
        CloseRequests("turn_ended");
        Emit(new TurnStopping(turn.Turn, ending, Now + TimeSpan.FromMilliseconds(Limits.StopTimeoutMs)));
        if (State.Agent.Generation is { } generation)
            Plan(new SessionEffect.InterruptTurn(turn.Turn, generation));
    }

    /// <summary>
    /// The agent went away before it saw the prompt: the turn gets another, so many times and no more. An agent that dies
    /// as soon as it is up must not be tried for ever.
    /// </summary>
    public void Reprovision(Failure cause)
    {
        if (Status.ActiveTurn!.Starts < Limits.ProvisionAttemptsMax * 2)
        {
            StartAttempt(1);
            return;
        }

        EndTurn(new TurnOutcome.Failed(cause), dispatch: false);
        Emit(new SessionFailed(cause));
    }

    public void CloseRequests(string reason)
    {
        if (Status is not SessionStatus.AwaitingInput waiting)
            return;
        foreach (var request in waiting.Requests)
            Emit(new RequestClosed(request.Request, reason));
    }

    /// <summary>The sandbox will be destroyed; it stays owned until that is known (B1).</summary>
    public void ReleaseSandbox(string reason, CheckpointNumber? saveAs)
    {
        if (State.Sandbox.Sandbox is not { } sandbox)
            return;
        // The agent keeps its conversation in the sandbox's home.
        ForgetCursor("sandbox_released");
        Emit(new SandboxReleased(sandbox, reason));
        Plan(new SessionEffect.DestroySandbox(sandbox, saveAs, State.LastPrompt?.Author ?? State.Setup.CreatedBy));
    }
}
