namespace Offstage.Agents.Tests;

/// <summary>
/// What every translator promises of its events: between one start of a turn and the next at most one end, items and requests closed before it,
/// and nothing of a turn when none runs. A session that hears them stays sound, too.
/// </summary>
internal sealed class TurnChecker(Random random)
{
    private readonly SessionListener session = new(random);
    private readonly HashSet<string> items = new(StringComparer.Ordinal);
    private readonly HashSet<string> requests = new(StringComparer.Ordinal);

    public bool IsInTurn { get; private set; }

    public void See(IEnumerable<AgentEvent> events)
    {
        foreach (var one in events)
            See(one);
    }

    /// <summary>The agent's process ends.</summary>
    public void End() => session.End();

    private void See(AgentEvent happened)
    {
        session.See(happened);
        switch (happened)
        {
            case AgentEvent.TurnStarted:
                Assert.False(IsInTurn, "A turn began in another.");
                IsInTurn = true;
                break;
            case AgentEvent.TurnEnded or AgentEvent.Reported { Report: not AgentReport.Started } when IsInTurn:
                Assert.Empty(items);
                Assert.Empty(requests);
                IsInTurn = false;
                break;
            case AgentEvent.TurnEnded:
                Assert.Fail("A turn ended that did not run.");
                break;
            case AgentEvent.ItemStarted one:
                Assert.True(IsInTurn, $"{one} outside a turn.");
                Assert.True(items.Add(one.Item.Id), $"{one} began twice.");
                break;
            case AgentEvent.ItemUpdated one:
                Assert.Contains(one.Item.Id, items);
                break;
            case AgentEvent.ItemCompleted one:
                Assert.True(IsInTurn, $"{one} outside a turn.");
                items.Remove(one.Item.Id);
                break;
            case AgentEvent.Delta one:
                Assert.True(IsInTurn, $"{one} outside a turn.");
                break;
            case AgentEvent.RequestOpened one:
                Assert.True(IsInTurn, $"{one} outside a turn.");
                Assert.True(requests.Add(one.Key), $"{one} opened twice.");
                break;
            case AgentEvent.RequestClosed one:
                Assert.True(requests.Remove(one.Key), $"{one} was not open.");
                break;
        }
    }
}
