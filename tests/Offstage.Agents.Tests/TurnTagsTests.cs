using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.Tests;

/// <summary>Which turn an event is taken to speak of (S8).</summary>
public sealed class TurnTagsTests
{
    private readonly TurnTags tags = new();

    [Fact]
    public void What_is_said_before_the_next_turn_has_started_still_speaks_of_the_last()
    {
        tags.Begin("a");
        tags.Stamp(new AgentEvent.TurnStarted());
        tags.Stamp(new AgentEvent.TurnEnded(AgentTurnOutcome.Completed, null));
        tags.Begin("b");

        Assert.Equal("a", tags.Stamp(Item()).TurnTag);
        Assert.Equal("b", tags.Stamp(new AgentEvent.TurnStarted()).TurnTag);
        Assert.Equal("b", tags.Stamp(Item()).TurnTag);
    }

    [Fact]
    public void Before_any_turn_a_report_speaks_of_none_and_an_error_of_the_one_that_cannot_begin()
    {
        Assert.Equal("", tags.Stamp(new AgentEvent.Reported(AgentReport.Ready, null)).TurnTag);
        tags.Begin("a");
        Assert.Equal("", tags.Stamp(new AgentEvent.Reported(AgentReport.Ready, null)).TurnTag);
        Assert.Equal("a", tags.Stamp(new AgentEvent.Reported(AgentReport.Error, "no")).TurnTag);
        tags.Abandon();
        Assert.Equal("", tags.Stamp(new AgentEvent.Reported(AgentReport.Error, "no")).TurnTag);
    }

    [Fact]
    public void The_end_of_the_process_speaks_of_no_turn()
        => Assert.Null(tags.Stamp(new AgentEvent.Exited(0, "", null)).TurnTag);

    private static AgentEvent.ItemCompleted Item() => new(new Item("i", ItemStatus.Completed, new ItemBody.Message("m")));
}
