using System.Text;

namespace Offstage.Agents.BuiltIn.Conversations;

/// <summary>A conversation as plain text, for a model to summarise: any model reads it, whoever said what is in it.</summary>
internal static class Transcript
{
    private const int ResultCharsMax = 4_000;

    /// <param name="charsMax">What is over is cut from the middle, and said so.</param>
    public static string Write(IEnumerable<Entry> entries, int charsMax)
    {
        var text = new StringBuilder();
        foreach (var entry in entries)
            Add(text, entry);
        return Cut(text.ToString(), charsMax);
    }

    public static string Cut(string text, int charsMax)
    {
        if (text.Length <= charsMax)
            return text;
        int half = charsMax / 2;
        return $"{text[..half]}\n[… {text.Length - (2 * half)} characters cut …]\n{text[^half..]}";
    }

    private static void Add(StringBuilder text, Entry entry)
    {
        switch (entry)
        {
            case Entry.Prompt prompt:
                text.Append("Person: ").Append(prompt.Text).Append(prompt.Images.Count > 0 ? $" [{prompt.Images.Count} images]" : "").Append("\n\n");
                break;
            case Entry.Addition addition:
                text.Append("Person, while the agent worked: ").Append(addition.Text).Append("\n\n");
                break;
            case Entry.Answer answer:
                foreach (var part in answer.Parts)
                {
                    if (part is Part.Text said)
                        text.Append("Agent: ").Append(said.Value).Append("\n\n");
                    else if (part is Part.Call call)
                        text.Append("Agent calls ").Append(call.Tool).Append(": ").Append(Cut(call.Arguments, ResultCharsMax)).Append("\n\n");
                }

                break;
            case Entry.Result result:
                text.Append(result.IsError ? "Error: " : "Result: ").Append(Cut(result.Text, ResultCharsMax)).Append("\n\n");
                break;
            case Entry.Summary summary:
                text.Append("Summary of what was before: ").Append(summary.Text).Append("\n\n");
                break;
            case Entry.Interrupted:
                text.Append("The person interrupted the agent here.\n\n");
                break;
        }
    }
}
