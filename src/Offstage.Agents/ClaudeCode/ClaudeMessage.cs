using System.Text;
using Offstage.Contracts;

namespace Offstage.Agents.ClaudeCode;

/// <summary>A message of the model that comes in pieces.</summary>
internal sealed class ClaudeMessage(string id)
{
    private readonly Dictionary<long, Block> blocks = [];

    public string Id { get; } = id;

    /// <returns>The item of the block; null when its kind has no live text.</returns>
    public Item? Begin(long index, string? type, string? parent)
    {
        ItemBody? body = type switch
        {
            "text" => new ItemBody.Message(""),
            "thinking" => new ItemBody.Reasoning(""),
            _ => null,
        };
        if (body is null)
            return null;
        var block = new Block($"{Id}:{index}", body is ItemBody.Message ? DeltaKind.Message : DeltaKind.Reasoning, new StringBuilder());
        blocks[index] = block;
        return new Item(block.ItemId, ItemStatus.InProgress, body, parent);
    }

    public AgentEvent? Append(long index, DeltaKind kind, string text)
    {
        if (!blocks.TryGetValue(index, out var block) || block.Kind != kind)
            return null;
        block.Text.Append(text);
        return new AgentEvent.Delta(block.ItemId, kind, text);
    }

    public string? FindFirst(DeltaKind kind) => First(kind).Value?.ItemId;

    /// <summary>The block that is whole now: its own message is told before its end. Each is given once.</summary>
    public string? Take(DeltaKind kind)
    {
        var (index, block) = First(kind);
        if (block is not null)
            blocks.Remove(index);
        return block?.ItemId;
    }

    public string? FindText(string itemId) =>
        blocks.Values.FirstOrDefault(block => block.ItemId == itemId)?.Text.ToString();

    private KeyValuePair<long, Block> First(DeltaKind kind) =>
        blocks.Where(one => one.Value.Kind == kind).OrderBy(one => one.Key).FirstOrDefault();

    private sealed record Block(string ItemId, DeltaKind Kind, StringBuilder Text);
}
