using System.Globalization;
using System.Text;

namespace Offstage.Agents.BuiltIn.Tools;

/// <summary>Whole files of the sandbox, read and written by commands in it.</summary>
internal sealed class WorkspaceFiles(SandboxCommands commands)
{
    /// <summary>Of a file that is changed, or of what is written.</summary>
    public const int FileBytesMax = 4 * 1024 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    // The nearest folder that exists says where the file really is, through all links.
    private const string Reading = """
        p=$1
        w=$(readlink -f .)
        q=$p
        while [ ! -e "$q" ] && [ "$q" != / ]; do q=$(dirname -- "$q"); done
        r=$(readlink -f -- "$q")${p#"$q"}
        place=outside
        case $r in
        "$w"/.git|"$w"/.git/*) ;;
        "$w"/*) place=inside ;;
        esac
        if [ -d "$p" ]; then echo "folder $place"
        elif [ ! -e "$p" ]; then echo "missing $place"
        elif [ ! -f "$p" ]; then echo "special $place"
        elif [ ! -r "$p" ]; then echo "unreadable $place"
        elif [ "$(wc -c < "$p")" -gt "$2" ]; then echo "large $place"
        else
          echo "file $place $(cksum < "$p")"
          cat -- "$p"
        fi
        """;

    // A new file takes the place of the old one when it is whole, with the old one's rights; a link stays one.
    private const string Writing = """
        p=$1
        [ ! -L "$p" ] || p=$(readlink -f -- "$p") || exit 73
        mkdir -p -- "$(dirname -- "$p")" || exit 73
        t=$p.offstage-$$
        trap 'rm -f -- "$t"' EXIT
        if [ -e "$p" ]; then cp -p -- "$p" "$t" || exit 73; fi
        cat > "$t" || exit 73
        [ "$(wc -c < "$t")" -eq "$2" ] || exit 74
        if [ "$3" = missing ]; then [ ! -e "$p" ] || exit 75
        elif [ "$3" != any ]; then [ "$(cksum < "$p")" = "$3" ] || exit 75
        fi
        mv -f -- "$t" "$p" || exit 73
        """;

    public async Task<FileState> ReadAsync(AbsolutePath path, CancellationToken cancellationToken)
    {
        string max = FileBytesMax.ToString(CultureInfo.InvariantCulture);
        using var output = new MemoryStream();
        var result = await commands.RunAsync(
            ["/bin/sh", "-c", Reading, "offstage-read", path.Value, max], default, Limit,
            piece =>
            {
                // It was small a moment ago, and may be growing.
                if (output.Length <= 2 * FileBytesMax)
                    output.Write(piece.Span);
                return ValueTask.CompletedTask;
            },
            cancellationToken);
        byte[] told = output.ToArray();
        int end = Array.IndexOf(told, (byte)'\n');
        string[] head = end < 0 ? [] : Encoding.ASCII.GetString(told, 0, end).Split(' ', 3);
        if (result.ExitCode != 0 || head.Length < 2 || told.Length > FileBytesMax + end + 1)
            return new FileState.Unusable($"It could not be read. {result.ErrorTail.Trim()}".Trim(), IsInside: false);
        bool isInside = head[1] == "inside";
        return head[0] switch
        {
            "file" when head.Length == 3 => new FileState.Present(told[(end + 1)..], head[2], isInside),
            "missing" => new FileState.Missing(isInside),
            "folder" => new FileState.Unusable("It is a folder.", isInside),
            "large" => new FileState.Unusable($"It is larger than {FileBytesMax} bytes.", isInside),
            "special" => new FileState.Unusable("It is neither a file nor a folder.", isInside),
            _ => new FileState.Unusable("It may not be read.", isInside),
        };
    }

    /// <param name="expected">What <see cref="ReadAsync"/> has told: a file that has changed since is not overwritten.</param>
    /// <returns>Null when it is written; otherwise why not, and then nothing has changed.</returns>
    public async Task<string?> WriteAsync(AbsolutePath path, ReadOnlyMemory<byte> content, FileState expected, CancellationToken cancellationToken)
    {
        string sum = expected switch
        {
            FileState.Present present => present.Sum,
            FileState.Missing => "missing",
            _ => "any",
        };
        var (result, _) = await commands.CaptureAsync(
            ["/bin/sh", "-c", Writing, "offstage-write", path.Value, content.Length.ToString(CultureInfo.InvariantCulture), sum], content, Limit, 1024, cancellationToken);
        return result.ExitCode switch
        {
            0 => null,
            75 => "The file was changed by something else in the meantime. Read it again.",
            _ => $"The file could not be written. {result.ErrorTail.Trim()}".Trim(),
        };
    }
}
