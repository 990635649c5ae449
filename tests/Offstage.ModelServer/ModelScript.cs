using System.Globalization;
using Offstage.ModelServer.Wires;

namespace Offstage.ModelServer;

/// <summary>
/// The prompt is the script. A line is a shell command to call, or:
/// <c>@say TEXT</c>, <c>@delta N</c>, <c>@reason TEXT</c>, <c>@ask TEXT</c>, <c>@patch FILE TEXT</c>, <c>@tool NAME JSON</c>,
/// <c>@sleep S</c>, <c>@hang</c>, <c>@drop</c> (cuts the connection), <c>@fail STATUS TEXT</c> (an HTTP error),
/// <c>@plan TEXT</c> (ends a turn that plans), <c>@history</c> (says how many prompts came before), <c>@images</c> (how many came with this one) and <c>@prompt</c> (says the prompt back).
/// </summary>
/// <remarks>One answer goes up to the first tool call; its result comes with the next request, which goes on behind it.
/// Of a prompt with a record of an earlier conversation before it, only what follows the record is the script.</remarks>
internal static class ModelScript
{
    private const string PromptHeader = "The prompt to work on now:";

    /// <summary>What Claude Code 2.1 says in the person's name when it goes on with a conversation whose last answer it had not stored before it was killed.</summary>
    private const string ClaudesOwnPrompt = "Continue from where you left off.";

    public static IEnumerable<ModelStep> NextSteps(ModelRequest request)
    {
        var prompts = request.Entries.Select((entry, index) => (entry, index)).Where(one => one.entry.Kind == EntryKind.Prompt && one.entry.Text.Trim() != ClaudesOwnPrompt).ToList();
        if (prompts.Count == 0)
            return [new ModelStep.Say(["There is no prompt."])];

        var prompt = prompts[^1].entry;
        var callsDone = request.Entries.Skip(prompts[^1].index).Count(entry => entry.Kind == EntryKind.ToolResult);
        var rest = Script(prompt.Text).AsEnumerable();
        for (; callsDone > 0 && rest.Any(); callsDone--)
            rest = rest.SkipWhile(line => Step(line, prompt, 0, request.Tools) is not ModelStep.Call).Skip(1);
        var steps = new List<ModelStep>();
        foreach (var line in rest)
        {
            var step = Step(line, prompt, prompts.Count - 1, request.Tools);
            steps.Add(step);
            if (step is ModelStep.Call)
                return steps;
        }

        // A model always has a last word.
        if (!steps.Any(step => step is ModelStep.Say))
            steps.Add(new ModelStep.Say(["Done."]));
        return steps;
    }

    private static ModelStep Step(string line, ModelEntry prompt, int earlier, IReadOnlySet<string> tools)
    {
        var (name, rest) = line.IndexOf(' ') is > 0 and var space ? (line[..space], line[(space + 1)..]) : (line, "");
        return name switch
        {
            "@say" => new ModelStep.Say(rest.Split(' ').Select((word, index) => index == 0 ? word : " " + word).ToList()),
            "@delta" => new ModelStep.Say(Enumerable.Range(1, Number(rest)).Select(n => $"{n} ").ToList()),
            "@images" => new ModelStep.Say([$"{prompt.Images} images"]),
            "@plan" => AgentTools.Plan(tools, rest),
            "@history" => new ModelStep.Say([$"{earlier} earlier turns"]),
            "@prompt" => new ModelStep.Say([prompt.Text]),
            "@reason" => new ModelStep.Reason(rest),
            "@sleep" => new ModelStep.Sleep(TimeSpan.FromSeconds(double.Parse(rest, CultureInfo.InvariantCulture))),
            "@hang" => new ModelStep.Hang(),
            "@drop" => new ModelStep.Drop(),
            "@fail" => Fail(rest),
            "@ask" => AgentTools.Ask(tools, rest),
            "@patch" => AgentTools.Patch(tools, rest),
            "@tool" => Tool(rest),
            _ => AgentTools.Shell(tools, line),
        };
    }

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

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string[] Script(string prompt)
    {
        var header = prompt.LastIndexOf(PromptHeader, StringComparison.Ordinal);
        var script = header < 0 ? prompt : prompt[(header + PromptHeader.Length)..];
        return script.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }
}
