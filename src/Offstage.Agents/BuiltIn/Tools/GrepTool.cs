using System.Text;
using Offstage.Agents.BuiltIn.Models;

namespace Offstage.Agents.BuiltIn.Tools;

internal sealed class GrepTool : LookTool
{
    private const int LinesMax = 200;
    private const int LineCharsMax = 400;

    private const string Script = """
        cd -- "$1" || exit 66
        if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
          exec git grep -nIE --untracked ${4:+-i} -e "$2" -- "${3:+:(glob)**/$3}"
        fi
        find . \( -name .git -o -name node_modules \) -prune -o -type f -name "${3:-*}" -print0 | xargs -0 grep -nIHE ${4:+-i} -e "$2" --
        """;

    public override ToolSpec Spec { get; } = new(
        "grep",
        "Finds lines by a POSIX extended regular expression. Leaves out what git ignores.",
        """
        {"type":"object","properties":{
          "pattern":{"type":"string"},
          "path":{"type":"string","description":"Folder to look in; the workspace when not given"},
          "include":{"type":"string","description":"Only files whose name fits, such as *.cs"},
          "ignore_case":{"type":"boolean"}},
         "required":["pattern"]}
        """);

    protected override async Task<ToolOutcome> LookAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellationToken)
    {
        string pattern = arguments.Text("pattern");
        if (pattern.Length == 0 || pattern.Contains('\0', StringComparison.Ordinal))
            throw new ToolArgumentException("'pattern' is empty.");
        string folder = arguments.FindPath("path") ?? ".";
        var (result, output) = await context.Commands.CaptureAsync(
            ["/bin/sh", "-c", Script, "offstage-grep", context.Resolve(folder).Value, pattern, arguments.FindPath("include") ?? "", arguments.IsTrue("ignore_case") ? "1" : ""],
            default, Limit, context.Limits.ToolOutputBytesMax, cancellationToken);
        if (output.BytesSeen == 0)
        {
            // Nothing found and a bad pattern both end with a code: only the latter has something to say.
            string complaint = result.ErrorTail.Trim();
            return complaint.Length == 0 && result.ExitCode is not null
                ? new ToolOutcome("No matches.")
                : new ToolOutcome(complaint.Length > 0 ? complaint : "Stopped: it took too long.", IsError: true);
        }

        string[] lines = output.ToString().TrimEnd('\n').Split('\n');
        var text = new StringBuilder();
        foreach (string line in lines.Take(LinesMax))
            text.Append(line.Length <= LineCharsMax ? line : line[..LineCharsMax] + " [… line cut …]").Append('\n');
        if (lines.Length > LinesMax)
            text.Append($"[{lines.Length - LinesMax} more lines; use a narrower pattern]\n");
        return new ToolOutcome(text.ToString());
    }
}
