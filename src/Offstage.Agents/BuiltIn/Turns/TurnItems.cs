using System.Collections.Concurrent;
using System.Globalization;
using Offstage.Contracts;

namespace Offstage.Agents.BuiltIn.Turns;

/// <summary>The items of one turn: each begun once and completed once, also when the turn is cut off. Any thread.</summary>
internal sealed class TurnItems(Func<AgentEvent, ValueTask> emit)
{
    private readonly ConcurrentDictionary<string, Item> open = new(StringComparer.Ordinal);
    private Item? plan;
    private int last;

    public string NextId(string kind) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{Interlocked.Increment(ref last)}");

    public async ValueTask BeginAsync(Item item)
    {
        open[item.Id] = item;
        await emit(new AgentEvent.ItemStarted(item));
    }

    public async ValueTask CompleteAsync(Item item)
    {
        open.TryRemove(item.Id, out _);
        await emit(new AgentEvent.ItemCompleted(item));
    }

    /// <summary>Dropped when the item is completed: a command that was killed may have had more to say.</summary>
    public ValueTask DeltaAsync(string item, DeltaKind kind, string text)
        => open.ContainsKey(item) ? emit(new AgentEvent.Delta(item, kind, text)) : ValueTask.CompletedTask;

    /// <summary>One plan for each turn, which is told whole each time.</summary>
    public async ValueTask ShowPlanAsync(ItemBody.Plan body)
    {
        if (plan is null)
        {
            await BeginAsync(plan = new Item(NextId("plan"), ItemStatus.InProgress, body));
            return;
        }

        open[plan.Id] = plan = plan with { Body = body };
        await emit(new AgentEvent.ItemUpdated(plan));
    }

    /// <summary>The turn ends. A plan is as complete as it is; anything else was cut off.</summary>
    public async ValueTask CloseAsync()
    {
        foreach (string id in open.Keys.Order(StringComparer.Ordinal))
        {
            if (open.TryRemove(id, out var item))
                await emit(new AgentEvent.ItemCompleted(item with { Status = item.Body is ItemBody.Plan ? ItemStatus.Completed : ItemStatus.Failed }));
        }
    }
}
