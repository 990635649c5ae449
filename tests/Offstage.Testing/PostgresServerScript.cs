namespace Offstage.Testing;

/// <summary>The shell that holds a server: arguments are the folder of the binaries, a folder to make, and a port.</summary>
internal static class PostgresServerScript
{
    // The server ignores the pipe (`</dev/null`), so that only this shell keeps it open and sees its end.
    public const string Text = """
        set -u
        bin=$1; folder=$2; port=$3
        as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
        mkdir -m 700 "$folder" || exit 1
        if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; fi
        cd "$folder"
        stop() {
          pid=$(head -n 1 "$folder/data/postmaster.pid" 2>/dev/null) || return 0
          children=$(pgrep -P "$pid")
          kill -9 "$pid" $children 2>/dev/null
          while kill -0 "$pid" 2>/dev/null; do sleep 0.01; done
          rm -f "$folder/data/postmaster.pid"
        }
        trap '' INT TERM HUP
        as "$bin/initdb" -D "$folder/data" -U postgres -A trust --no-sync -E UTF8 --locale=C >"$folder/initdb.log" 2>&1 </dev/null || { cat "$folder/initdb.log"; rm -rf "$folder"; exit 1; }
        echo ready
        while read -r word; do
          case $word in
            start)
              as "$bin/postgres" -D "$folder/data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories="$folder" \
                -c max_connections=200 >>"$folder/server.log" 2>&1 </dev/null &
              echo started ;;
            kill) stop; wait; echo killed ;;
          esac
        done
        stop
        wait
        rm -rf "$folder"
        """;
}
