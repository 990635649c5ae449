namespace Offstage.Agents.Tests.Acp;

/// <summary>What holds of the events of any turn, whatever the agent said.</summary>
internal static class TurnRules
{
    public static void Check(IEnumerable<AgentEvent> seen, string of)
    {
        bool running = false;
        var items = new HashSet<string>();
        var requests = new HashSet<string>();
        foreach (var one in seen)
        {
            switch (one)
            {
                case AgentEvent.TurnStarted:
                    Assert.False(running, $"{of}: a turn started in a turn");
                    running = true;
                    break;
                case AgentEvent.TurnEnded:
                    Assert.True(running, $"{of}: a turn ended twice");
                    Assert.True(items.Count == 0, $"{of}: items left open: {string.Join(' ', items)}");
                    Assert.True(requests.Count == 0, $"{of}: requests left open: {string.Join(' ', requests)}");
                    running = false;
                    break;
                case AgentEvent.ItemStarted started:
                    Assert.True(running && items.Add(started.Item.Id), $"{of}: {started.Item.Id} started twice, or in no turn");
                    break;
                case AgentEvent.ItemUpdated updated:
                    Assert.True(items.Contains(updated.Item.Id), $"{of}: {updated.Item.Id} changed while not open");
                    break;
                case AgentEvent.Delta delta:
                    Assert.True(items.Contains(delta.ItemId), $"{of}: text for {delta.ItemId}, which is not open");
                    break;
                case AgentEvent.ItemCompleted completed:
                    Assert.True(items.Remove(completed.Item.Id), $"{of}: {completed.Item.Id} completed while not open");
                    break;
                case AgentEvent.RequestOpened opened:
                    Assert.True(running && requests.Add(opened.Key), $"{of}: request {opened.Key} opened twice, or in no turn");
                    break;
                case AgentEvent.RequestClosed closed:
                    Assert.True(requests.Remove(closed.Key), $"{of}: request {closed.Key} closed while not open");
                    break;
            }
        }
    }
}
