using System.Text;
using Offstage.Agents.BuiltIn.Models;

namespace Offstage.Agents.BuiltIn.Tools;

internal sealed class WriteTool : Tool
{
    public override ToolSpec Spec { get; } = new(
        "write",
        "Writes a whole file, with the folders it needs. A file that is there is replaced: to change a part of one, use edit.",
        """
        {"type":"object","properties":{
          "path":{"type":"string","description":"Relative to the workspace, or absolute"},
          "content":{"type":"string","description":"All of the file"}},
         "required":["path","content"]}
        """);

    public override ToolNature Nature => ToolNature.Changes;

    public override async Task<ToolOutcome> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellationToken)
    {
        string path = arguments.Path("path");
        string content = arguments.Text("content");
        int bytes = Encoding.UTF8.GetByteCount(content);
        if (bytes > WorkspaceFiles.FileBytesMax)
            return await FileChanges.RefuseAsync(context, path, $"The content has {bytes} bytes; at most {WorkspaceFiles.FileBytesMax} can be written.");
        var place = context.Resolve(path);
        var before = await context.Files.ReadAsync(place, cancellationToken);
        return before is FileState.Unusable { Why: var why }
            ? await FileChanges.RefuseAsync(context, path, why)
            : await FileChanges.MakeAsync(context, path, place, before, content, $"Wrote {path}: {bytes} bytes.", cancellationToken);
    }
}
