using Offstage.Contracts;
using Offstage.Sessions.EventLog;
using Offstage.Sessions.Lifecycle;
using Offstage.Sql;

namespace Offstage.Simulation.Tests.World;

/// <summary>Somebody at a client: creates a session and asks things of it, again when the answer was lost.</summary>
internal sealed class SimulatedPerson(SimulatedWorld world, int number)
{
    private const int TriesMax = 8;

    private static readonly Person Ann = new("Ann", "ann@example.org");

    private readonly IdSource ids = new(world.Scheduler.Clock, new Random(world.Scheduler.Random.Next()));
    private int keys;

    private Chaos Chaos => world.Chaos;

    public async Task RunAsync(int actions)
    {
        await PauseAsync(0, 30);
        if (await CreateAsync() is not { } session)
            return;
        world.Subscribe(session);
        for (int i = 0; i < actions && Chaos.IsOn; i++)
        {
            await PauseAsync(0, Chaos.Pick(0.1, 5, 60));
            if (Chaos.Happens(Chaos.Restart))
                world.RestartHost();
            await ActAsync(session);
        }
    }

    private async Task<SessionId?> CreateAsync()
    {
        var session = ids.NewSession();
        var first = Chaos.Next(2) == 0 ? new NewPrompt(ids.NewPrompt(), $"first of {number}.", null, null, Ann) : null;
        var command = new SessionCommand.Create(Setup(), null, first);
        var key = new IdempotencyRecord("sessions", $"create-{number}", "f", session.Value, world.Scheduler.Now);
        for (int i = 0; i < TriesMax; i++)
        {
            if (await TryAsync(session, command, key) is CommandResult.Accepted or CommandResult.KeyUsed or CommandResult.Rejected { Reason: Rejection.SessionExists })
            {
                if (first is not null)
                    world.Ledger.Promise(session, key.Key, first.Prompt);
                return session;
            }

            await PauseAsync(0.1, 10);
        }

        return null;
    }

    private SessionSetup Setup() => new(
        world.HostId,
        Chaos.Next(3) == 0 ? new Workspace.None() : new Workspace.Repository("/srv/repo", IsUrl: false, Ref: null, $"offstage/{number}"),
        Chaos.Pick("alpha", "beta"), null, null, AgentMode.Auto,
        new SandboxSetup(SandboxIsolation.Process, SandboxNetwork.None, 1 << 30, 100),
        new SessionLimits(
            QueueMax: 4, ProvisionAttemptsMax: 3, ProvisionTimeoutMs: 60_000, TurnTimeoutMs: 420_000, RequestTimeoutMs: 480_000,
            StopTimeoutMs: 10_000, IdleTimeoutMs: 240_000, Chaos.Pick(AgentLostPolicy.End, AgentLostPolicy.Continue)),
        Ann);

    private async Task ActAsync(SessionId session)
    {
        switch (Chaos.Next(20))
        {
            case < 9:
                await AskAsync(session);
                break;
            case < 11:
                await TryAsync(session, new SessionCommand.Interrupt());
                break;
            case < 13:
                await AnswerAsync(session);
                break;
            case 13:
                await TryAsync(session, new SessionCommand.Retry(ids.NewPrompt()));
                break;
            case 14:
                await WithdrawAsync(session);
                break;
            case 15 when Chaos.Next(2) == 0:
                await TryAsync(session, new SessionCommand.Steer(new NewPrompt(ids.NewPrompt(), $"add {++keys} of {number}.", null, null, Ann)));
                break;
            case 15:
                await TryAsync(session, new SessionCommand.Rename($"name {Chaos.Next(3)}"));
                break;
            case 16 when world.Ledger.Find(session)?.State?.LastCheckpointNumber is { } last:
                await TryAsync(session, new SessionCommand.Revert(
                    new CheckpointNumber(Math.Max(0, last.Value - Chaos.Next(4))), CheckpointNumber.Baseline, Ann));
                break;
            case 17:
                await TryAsync(session, new SessionCommand.Archive());
                break;
            case 18:
                await TryAsync(session, new SessionCommand.Unarchive());
                break;
            default:
                if (Chaos.Next(4) == 0)
                    await TryAsync(session, new SessionCommand.Delete());
                break;
        }
    }

    /// <summary>With a key, until it is known what became of it: the same prompt whatever happens (S4).</summary>
    private async Task AskAsync(SessionId session)
    {
        string key = $"key-{number}-{++keys}";
        string text = $"ask {keys} of {number}.";
        for (int i = 0; i < TriesMax; i++)
        {
            var prompt = new NewPrompt(
                ids.NewPrompt(), text, Chaos.Pick(null, null, "small"), null, Ann, Chaos.Pick(null, null, "alpha", "beta"), Chaos.Pick<AgentMode?>(null, AgentMode.Plan));
            var record = new IdempotencyRecord(session.Value, key, "f", prompt.Prompt.Value, world.Scheduler.Now);
            switch (await TryAsync(session, new SessionCommand.Ask(prompt), record))
            {
                case CommandResult.Accepted:
                    world.Ledger.Promise(session, key, prompt.Prompt);
                    if (Chaos.Next(5) != 0)
                        return;
                    break;
                case CommandResult.KeyUsed used:
                    world.Ledger.Promise(session, key, new PromptId(used.Existing.Answer));
                    return;
                case CommandResult.Rejected:
                    return;
            }

            await PauseAsync(0.1, 10);
        }
    }

    private async Task AnswerAsync(SessionId session)
    {
        if (world.Ledger.Find(session)?.State?.Status is SessionStatus.AwaitingInput waiting)
            await TryAsync(session, new SessionCommand.Answer(waiting.Requests[0].Request, Chaos.Next(5) == 0 ? new RequestAnswer.Cancel() : new RequestAnswer.Approve(), Ann));
    }

    private async Task WithdrawAsync(SessionId session)
    {
        if (world.Ledger.Find(session)?.State?.Queue is [.., var last])
            await TryAsync(session, new SessionCommand.Withdraw(last.Prompt));
    }

    /// <returns>Null when it is not known what became of it.</returns>
    private async Task<CommandResult?> TryAsync(SessionId session, SessionCommand command, IdempotencyRecord? key = null)
    {
        string name = command.GetType().Name;
        if (world.Host is not { } host)
            return null;
        try
        {
            var result = await host.CallAsync(runtime => runtime.Log.ExecuteAsync(session, command, new CommandOptions(key), CancellationToken.None));
            world.Trace.Add($"person {number}", $"{name}: {(result is CommandResult.Rejected r ? r.Reason.Code : result.GetType().Name)}");
            return result;
        }
        catch (Exception e) when (e is HostGoneException or StoreUnavailableException or StoreOutcomeUnknownException)
        {
            world.Trace.Add($"person {number}", $"{name}: {e.GetType().Name}");
            return null;
        }
    }

    private Task PauseAsync(double from, double to) => Task.Delay(Chaos.Between(from, to), world.Scheduler.Clock);
}
