using Offstage.Agents.BuiltIn.Models;

namespace Offstage.Agents.BuiltIn.Tools;

internal sealed class EditTool : Tool
{
    public override ToolSpec Spec { get; } = new(
        "edit",
        "Replaces text in a file. 'old' must stand in the file exactly once, with its whitespace, unless 'all' is true. Read the file first.",
        """
        {"type":"object","properties":{
          "path":{"type":"string"},
          "old":{"type":"string","description":"Text to replace, without line numbers"},
          "new":{"type":"string","description":"Text to put in its place"},
          "all":{"type":"boolean","description":"Replace every occurrence"}},
         "required":["path","old","new"]}
        """);

    public override ToolNature Nature => ToolNature.Changes;

    public override async Task<ToolOutcome> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellationToken)
    {
        string path = arguments.Path("path");
        var (old, young) = (arguments.Text("old"), arguments.Text("new"));
        if (old.Length == 0)
            throw new ToolArgumentException("'old' is empty. To make a file, use write.");
        if (old == young)
            throw new ToolArgumentException("'old' and 'new' are the same.");
        var place = context.Resolve(path);
        var before = await context.Files.ReadAsync(place, cancellationToken);
        switch (before)
        {
            case FileState.Missing:
                return await FileChanges.RefuseAsync(context, path, "There is no such file.");
            case FileState.Unusable unusable:
                return await FileChanges.RefuseAsync(context, path, unusable.Why);
            case FileState.Present { Text: null }:
                return await FileChanges.RefuseAsync(context, path, "It is not a text file.");
        }

        string text = ((FileState.Present)before).Text!;

        // Models write line feeds; a file with carriage returns keeps them.
        if (text.Contains("\r\n", StringComparison.Ordinal) && !old.Contains('\r', StringComparison.Ordinal))
            (old, young) = (old.ReplaceLineEndings("\r\n"), young.ReplaceLineEndings("\r\n"));
        int count = Count(text, old);
        if (count == 0)
            return await FileChanges.RefuseAsync(context, path, "'old' does not stand in the file. Read it again and copy the text exactly.");
        if (count > 1 && !arguments.IsTrue("all"))
            return await FileChanges.RefuseAsync(context, path, $"'old' stands in the file {count} times. Give more of the text around it, or set 'all'.");
        return await FileChanges.MakeAsync(
            context, path, place, before, text.Replace(old, young, StringComparison.Ordinal), $"Edited {path}: {count} replaced.", cancellationToken);
    }

    private static int Count(string text, string part)
    {
        int count = 0;
        for (int at = 0; (at = text.IndexOf(part, at, StringComparison.Ordinal)) >= 0; at += part.Length)
            count++;
        return count;
    }
}
