using System.Globalization;
using System.Text.Json;

namespace Offstage.ModelServer;

/// <summary>
/// The prompt is the script. A line is a shell command to call, or:
/// <c>@say TEXT</c>, <c>@delta N</c>, <c>@reason TEXT</c>, <c>@ask TEXT</c>, <c>@patch FILE TEXT</c>, <c>@tool NAME JSON</c>,
/// <c>@sleep S</c>, <c>@hang</c>, <c>@drop</c> (cuts the connection), <c>@fail STATUS TEXT</c> (an HTTP error),
/// <c>@history</c> (says how many prompts came before) and <c>@prompt</c> (says the prompt back).
/// </summary>
/// <remarks>One answer goes up to the first tool call; its result comes with the next request, which goes on behind it.
/// Of a prompt with a record of an earlier conversation before it, only what follows the record is the script.</remarks>
internal static class ModelScript
{
    private const string PromptHeader = "The prompt to work on now:";

    public static IEnumerable<ModelStep> NextSteps(JsonElement request)
    {
        var input = request.GetProperty("input").EnumerateArray().ToList();
        var prompts = input.Select((item, index) => (Text: PromptText(item), index)).Where(one => one.Text is not null).ToList();
        if (prompts.Count == 0)
            return [new ModelStep.Say(["There is no prompt."])];

        var (text, at) = prompts[^1];
        var callsDone = input.Skip(at).Count(IsToolOutput);
        var rest = Script(text!).AsEnumerable();
        for (; callsDone > 0 && rest.Any(); callsDone--)
            rest = rest.SkipWhile(line => !IsCall(line)).Skip(1);
        var steps = new List<ModelStep>();
        foreach (var line in rest)
        {
            steps.Add(Step(line, text!, prompts.Count - 1));
            if (IsCall(line))
                return steps;
        }

        // A model always has a last word.
        if (!steps.Any(step => step is ModelStep.Say))
            steps.Add(new ModelStep.Say(["Done."]));
        return steps;
    }

    private static ModelStep Step(string line, string prompt, int earlier)
    {
        var (name, rest) = line.IndexOf(' ') is > 0 and var space ? (line[..space], line[(space + 1)..]) : (line, "");
        return name switch
        {
            "@say" => new ModelStep.Say(rest.Split(' ').Select((word, index) => index == 0 ? word : " " + word).ToList()),
            "@delta" => new ModelStep.Say(Enumerable.Range(1, Number(rest)).Select(n => $"{n} ").ToList()),
            "@history" => new ModelStep.Say([$"{earlier} earlier turns"]),
            "@prompt" => new ModelStep.Say([prompt]),
            "@reason" => new ModelStep.Reason(rest),
            "@sleep" => new ModelStep.Sleep(TimeSpan.FromSeconds(double.Parse(rest, CultureInfo.InvariantCulture))),
            "@hang" => new ModelStep.Hang(),
            "@drop" => new ModelStep.Drop(),
            "@fail" => Fail(rest),
            "@ask" => Call("request_user_input", new
            {
                questions = new[]
                {
                    new
                    {
                        id = "answer", header = "Question", question = rest,
                        options = new[] { new { label = "yes", description = "Yes" }, new { label = "no", description = "No" } },
                    },
                },
            }),
            "@patch" => Call("exec_command", new { cmd = Patch(rest) }),
            "@tool" => Tool(rest),
            _ => Call("exec_command", new { cmd = line }),
        };
    }

    private static bool IsCall(string line) =>
        !line.StartsWith('@') || line.StartsWith("@ask", StringComparison.Ordinal)
        || line.StartsWith("@patch", StringComparison.Ordinal) || line.StartsWith("@tool", StringComparison.Ordinal);

    private static ModelStep.Call Call(string tool, object arguments) => new(tool, JsonSerializer.Serialize(arguments));

    private static ModelStep.Call Tool(string rest)
    {
        var space = rest.IndexOf(' ');
        return space < 0 ? new(rest, "{}") : new(rest[..space], rest[(space + 1)..]);
    }

    private static ModelStep.Fail Fail(string rest)
    {
        var words = rest.Split(' ', 2);
        return int.TryParse(words[0], out var status)
            ? new(status, words.Length > 1 ? words[1] : "the script says so")
            : new(400, rest);
    }

    private static string Patch(string rest)
    {
        var words = rest.Split(' ', 2);
        return $"apply_patch <<'EOF'\n*** Begin Patch\n*** Add File: {words[0]}\n+{(words.Length > 1 ? words[1] : "")}\n*** End Patch\nEOF";
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string[] Script(string prompt)
    {
        var header = prompt.LastIndexOf(PromptHeader, StringComparison.Ordinal);
        var script = header < 0 ? prompt : prompt[(header + PromptHeader.Length)..];
        return script.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Null for what is no prompt: agents put context before it in the user's name, in angle brackets.</summary>
    private static string? PromptText(JsonElement item)
    {
        if (!item.TryGetProperty("role", out var role) || role.GetString() != "user")
            return null;
        var text = string.Concat(item.GetProperty("content").EnumerateArray()
            .Where(part => part.TryGetProperty("text", out _)).Select(part => part.GetProperty("text").GetString()));
        return text.StartsWith('<') || text.StartsWith("# AGENTS.md", StringComparison.Ordinal) ? null : text;
    }

    private static bool IsToolOutput(JsonElement item) =>
        item.TryGetProperty("type", out var type) && type.GetString()!.EndsWith("_call_output", StringComparison.Ordinal);
}
