using Offstage.Simulation.Tests.Mutations;

namespace Offstage.Simulation.Tests;

/// <summary>A simulation that finds nothing proves little: these break a promise on purpose, and it must be noticed.</summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    private const int SeedsMax = 2000;

    [Fact]
    public void S1_Effects_that_go_out_before_their_session_is_durable_are_noticed()
        => RequireNoticed(new Mutation("S1", Store: world => new EffectsBeforeAppend(world)));

    [Fact]
    public void S2_A_restart_that_forgets_what_was_interrupted_is_noticed()
        => RequireNoticed(new Mutation("S2", Store: world => new InterruptedIsDropped(world)));

    [Fact]
    public void S3_A_turn_that_stays_active_when_its_agent_rests_is_noticed()
        => RequireNoticed(new Mutation("S3", Decide: BrokenRules.KeepTurnOfRestingAgent));

    [Fact]
    public void S6_A_rejected_cursor_that_is_kept_is_noticed()
        => RequireNoticed(new Mutation("S6", Decide: BrokenRules.KeepRejectedCursor));

    private void RequireNoticed(Mutation mutation)
    {
        for (int seed = 1; seed <= SeedsMax; seed++)
        {
            if (Simulation.Run(seed, mutation).Violation is not { } violation || violation.Number != mutation.Number)
                continue;
            output.WriteLine($"{mutation.Number} is noticed at seed {seed}: {violation}");
            return;
        }

        Assert.Fail($"No seed up to {SeedsMax} notices that {mutation.Number} is broken.");
    }
}
