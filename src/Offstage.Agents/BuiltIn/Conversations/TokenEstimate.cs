namespace Offstage.Agents.BuiltIn.Conversations;

/// <summary>How many tokens entries take, near enough to decide when to compact: four characters are about one.</summary>
internal static class TokenEstimate
{
    private const int CharsPerToken = 4;
    private const int TokensPerImage = 1_600;
    private const int TokensPerEntry = 8;

    public static long Of(IEnumerable<Entry> entries) => entries.Sum(Of);

    public static long Of(string text) => text.Length / CharsPerToken;

    public static long Of(Entry entry) => TokensPerEntry + (entry switch
    {
        Entry.Prompt prompt => Of(prompt.Text) + (prompt.Images.Count * TokensPerImage),
        Entry.Addition addition => Of(addition.Text),
        Entry.Answer answer => answer.Parts.Sum(Of),
        Entry.Result result => Of(result.Text),
        Entry.Summary summary => Of(summary.Text) + Of(summary.Plan ?? ""),
        _ => 0,
    });

    private static long Of(Part part) => part switch
    {
        Part.Text text => Of(text.Value),
        Part.Reasoning reasoning => Of(reasoning.Value) + Of(reasoning.Proof ?? ""),
        Part.Call call => Of(call.Arguments) + TokensPerEntry,
        _ => 0,
    };
}
