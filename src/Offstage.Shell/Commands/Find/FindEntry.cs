namespace Offstage.Shell.Commands.Find;

/// <summary>A file that find came to. Its status is asked for only when a test needs it.</summary>
/// <param name="start">The starting point it was found under.</param>
internal sealed class FindEntry(string path, string start, string absolute, int depth, FileKind kind, FileStatus? known, CommandContext context)
{
    private FileStatus? status = known;

    public string Path => path;

    public string Start => start;

    public string Absolute => absolute;

    public int Depth => depth;

    public FileKind Kind => kind;

    public FindEntry? Parent { get; init; }

    public CommandContext Context => context;

    public FileStatus Status
    {
        get
        {
            if (status is null)
            {
                _ = context.Files.Stat(absolute, followLinks: false, out var found);
                status = found;
            }

            return status.Value;
        }
    }

    public string LinkTarget => kind == FileKind.SymbolicLink && context.Files.ReadLink(absolute, out string target) == FileError.None ? target : "";
}
