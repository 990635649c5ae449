namespace Offstage.Shell.Commands.Sed;

/// <summary>For <c>-i</c>: gathers the new content in a file beside the old one, which it then replaces.</summary>
internal sealed class SedInPlace(CommandContext context, string suffix, byte terminator)
{
    private string name = "";
    private string temporary = "";
    private FileDescription? description;

    /// <summary>Of the file that is being edited; standard output between files.</summary>
    public SedOutput? Output { get; private set; }

    public bool Begin(string fileName)
    {
        if (fileName == "-")
        {
            context.Complain("couldn't edit -: not a regular file");
            return false;
        }

        name = fileName;
        string folder = PathText.Directory(name);
        for (int attempt = 0; ; attempt++)
        {
            temporary = PathText.Join(folder, $"sed{context.Time.GetUtcNow().Ticks % 0x1000:x3}{attempt:x3}");
            var error = context.Open(temporary, FileOpening.Write | FileOpening.Create | FileOpening.Exclusive, out description);
            if (description is not null) break;
            if (error == FileError.Exists && attempt < 1000) continue;
            throw new CommandFailedException($"couldn't open temporary file {temporary}: {error.Message()}", 4);
        }

        Output = new SedOutput(context.Writer(description), terminator);
        return true;
    }

    public void End()
    {
        if (Output is null) return;
        Output.Writer.Flush();
        description!.Release();
        Output = null;
        string path = context.Resolve(name);
        if (context.Files.Stat(path, followLinks: true, out var status) == FileError.None)
            _ = context.Files.ChangeMode(context.Resolve(temporary), status.Mode);
        if (suffix.Length > 0)
        {
            string backup = suffix.Contains('*') ? suffix.Replace("*", PathText.Name(name), StringComparison.Ordinal) : PathText.Name(name) + suffix;
            if (!backup.Contains('/')) backup = PathText.Join(PathText.Directory(name), backup);
            Require(context.Files.Rename(path, context.Resolve(backup)), backup);
        }

        Require(context.Files.Rename(context.Resolve(temporary), path), name);
    }

    private static void Require(FileError error, string target)
    {
        if (error != FileError.None) throw new CommandFailedException($"cannot rename {target}: {error.Message()}", 4);
    }
}
