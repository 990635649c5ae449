using Offstage.Sandboxes;

namespace Offstage.Agents.BuiltIn.Conversations;

/// <summary>What runs in the sandbox to read and to keep a conversation's file. POSIX shell, and a <c>dd</c> that knows <c>fullblock</c>.</summary>
internal static class KeeperScript
{
    /// <summary>Exit code for a conversation that is not there.</summary>
    public const int Missing = 66;

    /// <summary>Of a file; compaction keeps a conversation far below.</summary>
    public const int FileBytesMax = 64 * 1024 * 1024;

    private const string Reading = """
        [ -f "$1" ] || exit 66
        exec head -c "$2" "$1"
        """;

    // Told on standard input: `append N` or `replace N`, a line end, and N bytes. A replacement stands whole or not at all.
    private const string Keeping = """
        f=$1
        umask 077
        case $2 in
        new) mkdir -p "${f%/*}" && : > "$f" || exit 73 ;;
        *) [ -f "$f" ] || exit 66 ;;
        esac
        echo '{"ready":true}'
        while read -r how n; do
          case $how in
          append) dd bs="$n" count=1 iflag=fullblock >> "$f" 2>/dev/null ;;
          replace)
            dd bs="$n" count=1 iflag=fullblock > "$f.new" 2>/dev/null &&
              [ "$(wc -c < "$f.new")" -eq "$n" ] && mv -f "$f.new" "$f" ;;
          *) exit 64 ;;
          esac
          echo "{\"kept\":$?}"
        done
        """;

    public static string FileOf(AgentStart start, string id) => $"{start.HomePath}/.offstage-agent/conversations/{id}.jsonl";

    public static ProcessSpec Read(AgentStart start, string id)
        => Spec(start, Reading, FileOf(start, id), (FileBytesMax + 1).ToString(System.Globalization.CultureInfo.InvariantCulture));

    public static ProcessSpec Keep(AgentStart start, string id, bool isNew) => Spec(start, Keeping, FileOf(start, id), isNew ? "new" : "old");

    private static ProcessSpec Spec(AgentStart start, string script, string file, string argument) => new()
    {
        Command = ["/bin/sh", "-c", script, "offstage-keeper", file, argument],
        WorkingDirectory = start.WorkspacePath,
        Environment = new Dictionary<string, string> { ["HOME"] = start.HomePath },
    };
}
