using Offstage.Agents.BuiltIn.Conversations;

namespace Offstage.Agents.Tests.BuiltIn;

/// <summary>Entries in any order: also such as no conversation has.</summary>
internal static class RandomEntries
{
    public static List<Entry> Make(Random random, int countMax) => [.. Enumerable.Range(0, random.Next(countMax)).Select(_ => One(random))];

    private static Entry One(Random random) => random.Next(9) switch
    {
        0 or 1 => new Entry.Prompt(Text(random), [], random.Next(5) == 0),
        2 => new Entry.Addition(Text(random)),
        3 or 4 => new Entry.Answer("m", [.. Enumerable.Range(0, random.Next(4)).Select(_ => Part(random))]),
        5 or 6 => new Entry.Result(Id(random), Text(random), random.Next(2) == 0),
        7 when random.Next(4) == 0 => new Entry.Summary(Text(random), null),
        _ => new Entry.Interrupted(),
    };

    private static Part Part(Random random) => random.Next(4) switch
    {
        0 => new Part.Text(Text(random)),
        1 => new Part.Reasoning(Text(random), null, "proof"),
        _ => new Part.Call(Id(random), "shell", random.Next(6) == 0 ? "{torn" : "{}"),
    };

    private static string Id(Random random) => $"c{random.Next(12)}";

    private static string Text(Random random) => new('x', random.Next(300));
}
