using System.Text;
using Offstage.Agents.BuiltIn.Models;

namespace Offstage.Agents.BuiltIn.Tools;

internal sealed class GlobTool : LookTool
{
    private const int FilesMax = 200;
    private const int ListBytesMax = 16 * 1024 * 1024;

    // What git ignores is left out; without git, what nobody looks for.
    private const string Script = """
        cd -- "$1" || exit 66
        if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
          git ls-files -z --cached --others --exclude-standard
        else
          find . \( -name .git -o -name node_modules \) -prune -o -type f -print0
        fi
        """;

    public override ToolSpec Spec { get; } = new(
        "glob",
        "Finds files by name, such as **/*.cs or src/**/test_*.py. Leaves out what git ignores.",
        """
        {"type":"object","properties":{
          "pattern":{"type":"string"},
          "path":{"type":"string","description":"Folder to look in; the workspace when not given"}},
         "required":["pattern"]}
        """);

    protected override async Task<ToolOutcome> LookAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellationToken)
    {
        var pattern = GlobPattern.Compile(arguments.Text("pattern"));
        string folder = arguments.FindPath("path") ?? ".";
        using var names = new MemoryStream();
        bool isCut = false;
        var result = await context.Commands.RunAsync(
            ["/bin/sh", "-c", Script, "offstage-glob", context.Resolve(folder).Value], default, Limit,
            piece =>
            {
                isCut |= names.Length + piece.Length > ListBytesMax;
                if (!isCut)
                    names.Write(piece.Span);
                return ValueTask.CompletedTask;
            },
            cancellationToken);
        if (result.ExitCode != 0 && names.Length == 0)
            return new ToolOutcome($"{folder} cannot be searched. {result.ErrorTail.Trim()}".Trim(), IsError: true);
        var found = Encoding.UTF8.GetString(names.ToArray()).Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(name => name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name)
            .Where(name => pattern.IsMatch(name))
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToList();
        var text = new StringBuilder().AppendJoin('\n', found.Take(FilesMax));
        if (found.Count > FilesMax)
            text.Append($"\n[{found.Count - FilesMax} more files; use a narrower pattern]");
        if (isCut)
            text.Append("\n[the folder has too many files: not all were looked at]");
        if (result.ExitCode is null)
            text.Append("\n[stopped: it took too long]");
        return new ToolOutcome(text.Length > 0 ? text.ToString() : "No files.");
    }
}
