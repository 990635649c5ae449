using System.Text.Json;

namespace Offstage.ModelServer;

/// <summary>The tools by which each agent lets a model act, known by what the agent offers.</summary>
internal static class AgentTools
{
    public static ModelStep.Call Shell(IReadOnlySet<string> offered, string command) => offered.Contains("bash")
        ? Call("bash", new { command, description = "Runs what the script says" })
        : Call("exec_command", new { cmd = command });

    public static ModelStep.Call Ask(IReadOnlySet<string> offered, string question) => offered.Contains("question") ? Question(question) : Call("request_user_input", new
    {
        questions = new[]
        {
            new
            {
                id = "answer", header = "Question", question,
                options = new[] { new { label = "yes", description = "Yes" }, new { label = "no", description = "No" } },
            },
        },
    });

    /// <param name="rest">A file's name and its one line.</param>
    public static ModelStep.Call Patch(IReadOnlySet<string> offered, string rest)
    {
        var words = rest.Split(' ', 2);
        string line = words.Length > 1 ? words[1] : "";
        if (offered.Contains("write"))
            return Call("write", new { filePath = words[0], content = line + "\n" });
        return Shell(offered, $"apply_patch <<'EOF'\n*** Begin Patch\n*** Add File: {words[0]}\n+{line}\n*** End Patch\nEOF");
    }

    /// <summary>Some agents have a tool to present a plan; with the others the answer is the plan.</summary>
    public static ModelStep Plan(IReadOnlySet<string> offered, string plan) => new ModelStep.Say([plan]);

    private static ModelStep.Call Question(string question) => Call("question", new
    {
        questions = new[]
        {
            new
            {
                header = "Question", question,
                options = new[] { new { label = "yes", description = "Yes" }, new { label = "no", description = "No" } },
            },
        },
    });

    private static ModelStep.Call Call(string tool, object arguments) => new(tool, JsonSerializer.Serialize(arguments));
}
