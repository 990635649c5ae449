using System.Runtime.CompilerServices;

namespace Offstage.Shell.Commands.Jq;

/// <summary>What a large value takes of the run's memory, given back when the value is collected.</summary>
internal sealed class HeldMemory
{
    private const int TextFrom = 1 << 16;
    private const int ItemsFrom = 4096;
    private const int BytesOfItem = 32;
    private static readonly ConditionalWeakTable<JsonValue, HeldMemory> held = [];

    private readonly Budget budget;
    private readonly long bytes;

    private HeldMemory(Budget budget, long bytes) => (this.budget, this.bytes) = (budget, bytes);

    ~HeldMemory() => budget.Release(bytes);

    /// <summary>Counts a value that is large; others are too short-lived and small to be worth it.</summary>
    public static T Watch<T>(JqRun run, T value)
        where T : JsonValue
    {
        long bytes = value switch
        {
            JsonString { Value.Length: >= TextFrom } text => text.Value.Length * 2L,
            // An array that grows step by step is counted at the steps where its store grows.
            JsonArray { Count: >= ItemsFrom } array when int.IsPow2(array.Count) => array.Count * (long)BytesOfItem,
            JsonObject { Count: >= ItemsFrom } members when int.IsPow2(members.Count) => members.Count * (long)BytesOfItem * 2,
            _ => 0,
        };
        if (bytes > 0) held.AddOrUpdate(value, Hold(run.Context.Budget, bytes));
        return value;
    }

    /// <summary>Counts an array that was made at once.</summary>
    public static JsonArray WatchWhole(JqRun run, JsonArray array)
    {
        if (array.Count >= ItemsFrom) held.AddOrUpdate(array, Hold(run.Context.Budget, array.Count * (long)BytesOfItem));
        return array;
    }

    /// <param name="bytes">The length of its text.</param>
    public static void WatchInput(JqRun run, JsonValue value, long bytes)
    {
        if (bytes >= TextFrom && value.Kind >= JsonKind.String) held.AddOrUpdate(value, Hold(run.Context.Budget, bytes * 4));
    }

    private static HeldMemory Hold(Budget budget, long bytes)
    {
        if (budget.HeldBytes + bytes > budget.Limits.HeldBytesMax)
        {
            // What is counted may be garbage already.
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        budget.Hold(bytes);
        return new HeldMemory(budget, bytes);
    }
}
