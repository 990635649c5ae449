using System.Text.Json;

namespace Offstage.Agents.BuiltIn.Conversations;

/// <summary>
/// Makes any list of entries one that every API takes: it begins with a person's word, each call has exactly one result right behind its
/// answer, each result its call, and no two calls share an id.
/// </summary>
internal static class ConversationRepair
{
    public const string NoResult = "There is no result: the turn was cut off before the tool had ended. Whether it did anything is unknown.";

    public static IReadOnlyList<Entry> Repair(IReadOnlyList<Entry> entries)
    {
        var repaired = new List<Entry>(entries.Count);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (int at = 0; at < entries.Count; at++)
        {
            switch (entries[at])
            {
                case Entry.Result:
                    // Those that belong to an answer are taken with it.
                    break;
                case Entry.Answer answer when repaired.Count > 0 && Sound(answer, ids) is { Parts.Count: > 0 } sound:
                    repaired.Add(sound);
                    repaired.AddRange(ResultsOf(sound, entries.Skip(at + 1)));
                    break;
                case Entry.Answer:
                    break;
                case Entry.Summary summary:
                    // All before it is in it.
                    repaired.Clear();
                    ids.Clear();
                    repaired.Add(summary);
                    break;
                case Entry.Interrupted when repaired.Count == 0:
                    break;
                default:
                    repaired.Add(entries[at]);
                    break;
            }
        }

        return repaired;
    }

    private static Entry.Answer Sound(Entry.Answer answer, HashSet<string> ids)
        => answer with { Parts = [.. answer.Parts.Where(part => part is not null && (part is not Part.Call call || (IsObject(call.Arguments) && ids.Add(call.Id))))] };

    private static IEnumerable<Entry> ResultsOf(Entry.Answer answer, IEnumerable<Entry> following)
    {
        var found = new Dictionary<string, Entry.Result>(StringComparer.Ordinal);
        foreach (var entry in following.TakeWhile(entry => entry is not Entry.Answer))
        {
            if (entry is Entry.Result result)
                found.TryAdd(result.CallId, result);
        }

        return answer.Calls.Select(call => found.GetValueOrDefault(call.Id) ?? new Entry.Result(call.Id, NoResult, IsError: true));
    }

    private static bool IsObject(string text)
    {
        try
        {
            return JsonElement.Parse(text).ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
