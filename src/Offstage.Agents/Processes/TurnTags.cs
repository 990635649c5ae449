namespace Offstage.Agents.Processes;

/// <summary>
/// Marks each event with the turn it speaks of (S8). The caller's next turn begins when the agent says that it has started
/// one: whatever it says before that still speaks of the last.
/// </summary>
internal sealed class TurnTags
{
    /// <summary>Of no turn that anybody waits for.</summary>
    private const string NoTurn = "";

    private readonly Lock gate = new();
    private string? next;
    private string current = NoTurn;

    /// <summary>A prompt is being handed over.</summary>
    public void Begin(string? tag)
    {
        lock (gate)
            next = tag ?? NoTurn;
    }

    /// <summary>The agent did not take it.</summary>
    public void Abandon()
    {
        lock (gate)
            next = null;
    }

    public AgentEvent Stamp(AgentEvent happened)
    {
        lock (gate)
        {
            if (happened is AgentEvent.TurnStarted && next is { } begun)
            {
                current = begun;
                next = null;
            }

            return happened switch
            {
                // About the conversation or the process, whichever turn runs.
                AgentEvent.Exited or AgentEvent.CursorChanged or AgentEvent.CursorRejected or AgentEvent.TitleSuggested => happened,

                // An agent that cannot even begin the turn reports an error instead.
                AgentEvent.Reported { Report: AgentReport.Error } when next is { } waiting => happened with { TurnTag = waiting },
                _ => happened with { TurnTag = current },
            };
        }
    }
}
