using System.Text.Json;

namespace Offstage.ModelServer;

/// <summary>The tools by which each agent lets a model act, known by what the agent offers.</summary>
internal static class AgentTools
{
    private static readonly object[] YesOrNo = [new { label = "yes", description = "Yes" }, new { label = "no", description = "No" }];

    public static ModelStep.Call Shell(IReadOnlySet<string> offered, string command)
    {
        const string description = "Runs what the script says";
        return offered.Contains("Bash") ? Call("Bash", new { command, description })
            : offered.Contains("bash") ? Call("bash", new { command, description })
            : offered.Contains("shell") ? Call("shell", new { command })
            : Call("exec_command", new { cmd = command });
    }

    public static ModelStep.Call Ask(IReadOnlySet<string> offered, string question)
    {
        const string header = "Question";
        return offered.Contains("AskUserQuestion") ? Call("AskUserQuestion", Questions(new { question, header, multiSelect = false, options = YesOrNo }))
            : offered.Contains("question") ? Call("question", Questions(new { question, header, options = YesOrNo }))
            : offered.Contains("ask") ? Call("ask", new { question, options = YesOrNo })
            : Call("request_user_input", Questions(new { id = "answer", question, header, options = YesOrNo }));
    }

    /// <param name="rest">A file's name and its one line.</param>
    public static ModelStep.Call Patch(IReadOnlySet<string> offered, string rest)
    {
        var words = rest.Split(' ', 2);
        string line = words.Length > 1 ? words[1] : "";
        return offered.Contains("Write") ? Call("Write", new { file_path = words[0], content = line + "\n" })
            : offered.Contains("shell") && offered.Contains("write") ? Call("write", new { path = words[0], content = line + "\n" })
            : offered.Contains("write") ? Call("write", new { filePath = words[0], content = line + "\n" })
            : Shell(offered, $"apply_patch <<'EOF'\n*** Begin Patch\n*** Add File: {words[0]}\n+{line}\n*** End Patch\nEOF");
    }

    /// <summary>Some agents have a tool to present a plan; with the others the answer is the plan.</summary>
    public static ModelStep Plan(IReadOnlySet<string> offered, string plan) => offered.Contains("ExitPlanMode")
        ? Call("ExitPlanMode", new { plan })
        : new ModelStep.Say([plan]);

    private static object Questions(object question) => new { questions = new[] { question } };

    private static ModelStep.Call Call(string tool, object arguments) => new(tool, JsonSerializer.Serialize(arguments));
}
