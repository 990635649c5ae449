using System.Text;
using System.Text.Json;

namespace Offstage.Bench.Sessions;

/// <summary>
/// Stands in for <c>codex app-server</c>: says in one turn as many notifications as the prompt wants, in the shapes that Codex 0.169.0 was
/// recorded with, as fast as they are taken.
/// </summary>
internal static class CodexReplay
{
    /// <summary>Of one command with its output and one message, each told piece by piece.</summary>
    private static readonly string[] Round =
    [
        Item("started", """{"type":"commandExecution","id":"c@","command":"ls","cwd":"/workspace","status":"inProgress","commandActions":[]}"""),
        .. Enumerable.Repeat(Delta("commandExecution/outputDelta", "c@", "a line of output\\n"), 7),
        Item("completed", """{"type":"commandExecution","id":"c@","command":"ls","cwd":"/workspace","status":"completed","commandActions":[],"aggregatedOutput":"a line of output\\n","exitCode":0,"durationMs":3}"""),
        Item("started", """{"type":"agentMessage","id":"m@","text":""}"""),
        .. Enumerable.Repeat(Delta("agentMessage/delta", "m@", "word "), 9),
        Item("completed", """{"type":"agentMessage","id":"m@","text":"word word word word word word word word word "}"""),
    ];

    public static async Task<int> RunAsync()
    {
        using var input = new StreamReader(Console.OpenStandardInput());
        await using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false), 64 * 1024);
        int turns = 0;
        while (await input.ReadLineAsync() is { } line)
        {
            var message = JsonSerializer.Deserialize<JsonElement>(line);
            if (!message.TryGetProperty("id", out var id) || !message.TryGetProperty("method", out var method))
                continue;
            switch (method.GetString())
            {
                case "thread/start":
                    await AnswerAsync(output, id, """{"thread":{"id":"t1"}}""");
                    break;
                case "turn/start":
                    string turn = $"u{++turns}";
                    await AnswerAsync(output, id, $$$"""{"turn":{"id":"{{{turn}}}"}}""");
                    await SpeakAsync(output, turn, int.Parse(message.GetProperty("params").GetProperty("input")[0].GetProperty("text").GetString()!));
                    break;
                default:
                    await AnswerAsync(output, id, "{}");
                    break;
            }
        }

        return 0;
    }

    private static async Task AnswerAsync(StreamWriter output, JsonElement id, string result)
    {
        await output.WriteAsync($$"""{"id":{{id.GetRawText()}},"result":{{result}}}""" + "\n");
        await output.FlushAsync();
    }

    private static async Task SpeakAsync(StreamWriter output, string turn, int count)
    {
        await output.WriteAsync($$$$"""{"method":"turn/started","params":{"threadId":"t1","turn":{"id":"{{{{turn}}}}"}}}""" + "\n");
        for (int said = 0; said < count;)
        {
            string number = said.ToString();
            foreach (string line in Round)
            {
                await output.WriteAsync(line.Replace("@", number, StringComparison.Ordinal).Replace("~", turn, StringComparison.Ordinal));
                said++;
            }
        }

        await output.WriteAsync($$$$"""{"method":"turn/completed","params":{"threadId":"t1","turn":{"id":"{{{{turn}}}}","status":"completed"}}}""" + "\n");
        await output.FlushAsync();
    }

    private static string Item(string state, string item)
        => $$$"""{"method":"item/{{{state}}}","params":{"threadId":"t1","turnId":"~","item":{{{item}}}}}""" + "\n";

    private static string Delta(string kind, string id, string text)
        => $$$"""{"method":"item/{{{kind}}}","params":{"threadId":"t1","turnId":"~","itemId":"{{{id}}}","delta":"{{{text}}}"}}""" + "\n";
}
