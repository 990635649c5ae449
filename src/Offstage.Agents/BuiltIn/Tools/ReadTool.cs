using System.Globalization;
using System.Text;
using Offstage.Agents.BuiltIn.Models;

namespace Offstage.Agents.BuiltIn.Tools;

internal sealed class ReadTool : LookTool
{
    private const int LinesDefault = 1_000;
    private const int LineCharsMax = 1_000;

    private const string Script = """
        p=$1
        if [ -d "$p" ]; then echo folder; ls -1Ap -- "$p" | head -n "$3"
        elif [ -f "$p" ] && [ -r "$p" ]; then
          echo "file $(wc -l < "$p")"
          tail -n "+$2" -- "$p" | head -n "$3" | head -c "$4"
        elif [ -e "$p" ]; then echo unreadable
        else echo missing
        fi
        """;

    public override ToolSpec Spec { get; } = new(
        "read",
        "Reads a text file with line numbers, or lists a folder. A long file is read in parts.",
        """
        {"type":"object","properties":{
          "path":{"type":"string","description":"Relative to the workspace, or absolute"},
          "offset":{"type":"integer","description":"First line; 1 when not given"},
          "limit":{"type":"integer","description":"How many lines; 1000 when not given"}},
         "required":["path"]}
        """);

    protected override async Task<ToolOutcome> LookAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellationToken)
    {
        string path = arguments.Path("path");
        int offset = arguments.FindNumber("offset", 1, int.MaxValue) ?? 1;
        int limit = arguments.FindNumber("limit", 1, 100_000) ?? LinesDefault;
        int bytesMax = context.Limits.ToolOutputBytesMax;
        var (result, output) = await context.Commands.CaptureAsync(
            ["/bin/sh", "-c", Script, "offstage-read", context.Resolve(path).Value, Text(offset), Text(limit), Text(bytesMax)],
            default, Limit, bytesMax + 256, cancellationToken);
        string told = output.ToString();
        int end = told.IndexOf('\n', StringComparison.Ordinal);
        string head = end < 0 ? told : told[..end];
        string content = end < 0 ? "" : told[(end + 1)..];
        return head switch
        {
            "folder" => new ToolOutcome(content.Length > 0 ? content.TrimEnd() : "(an empty folder)"),
            "missing" => new ToolOutcome($"There is no {path}.", IsError: true),
            _ when !head.StartsWith("file ", StringComparison.Ordinal) => new ToolOutcome($"{path} cannot be read. {result.ErrorTail.Trim()}".Trim(), IsError: true),
            _ when content.Contains('\0', StringComparison.Ordinal) => new ToolOutcome($"{path} is not a text file.", IsError: true),
            _ => new ToolOutcome(Number(content, offset, int.TryParse(head[5..], CultureInfo.InvariantCulture, out int lines) ? lines : 0, bytesMax)),
        };
    }

    private static string Number(string content, int offset, int total, int bytesMax)
    {
        if (content.Length == 0)
            return offset == 1 ? "(an empty file)" : $"(the file has {total} lines)";
        string[] lines = (content.EndsWith('\n') ? content[..^1] : content).Split('\n');
        var text = new StringBuilder();
        int next = offset;
        foreach (string line in lines)
        {
            if (text.Length > bytesMax)
                break;
            text.Append(CultureInfo.InvariantCulture, $"{next++,6}\t").Append(line.Length <= LineCharsMax ? line : line[..LineCharsMax] + " [… line cut …]").Append('\n');
        }

        if (next <= total)
            text.Append(CultureInfo.InvariantCulture, $"[the file has {total} lines; go on with offset {next}]\n");
        return text.ToString();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
