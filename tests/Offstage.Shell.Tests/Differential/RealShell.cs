using System.Diagnostics;
using System.Text;

namespace Offstage.Shell.Tests.Differential;

/// <summary>Runs cases by the real bash and its tools, many in one sandbox of bubblewrap, each in an empty folder.</summary>
internal static class RealShell
{
    private const string Driver =
        """
        umask 022
        for ((i = 0; i < $1; i++)); do
          cd /
          shopt -s nullglob dotglob
          old=(/w/*)
          ((${#old[@]})) && { chmod -R u+rwx /w 2> /dev/null; rm -rf "${old[@]}"; }
          [[ -d /cases/$i/files ]] && cp -a "/cases/$i/files/." /w/
          shopt -u nullglob dotglob
          IFS= read -r -d '' script < "/cases/$i/script"
          cd /w
          env -i --default-signal=PIPE PATH=/usr/bin:/bin HOME=/home timeout -k 1 10 bash -c "$script" < "/cases/$i/stdin" > "/cases/$i/stdout" 2> "/cases/$i/stderr"
          echo $? > "/cases/$i/status"
          (cd /w && find . -mindepth 1 -printf '%P\t%y\t%m\t%l\0') > "/cases/$i/list"
          chmod -R u+rX /w 2> /dev/null
          cp -a /w "/cases/$i/tree"
        done
        """;

    /// <summary>Null where there is no bubblewrap or bash.</summary>
    public static bool IsAvailable => File.Exists("/usr/bin/bwrap") && File.Exists("/usr/bin/bash");

    public static IReadOnlyList<Observation> Run(IReadOnlyList<CorpusCase> cases)
    {
        string folder = Directory.CreateTempSubdirectory("offstage-corpus-").FullName;
        try
        {
            for (int i = 0; i < cases.Count; i++)
                Write(Path.Combine(folder, i.ToString()), cases[i]);
            // A folder of the disk, because sizes of directories are another on tmpfs.
            Directory.CreateDirectory(Path.Combine(folder, "w"));
            File.WriteAllText(Path.Combine(folder, "passwd"), "root:x:0:0:root:/root:/bin/bash\n");
            File.WriteAllText(Path.Combine(folder, "group"), "root:x:0:\n");
            using Process bwrap = Start(folder, cases.Count);
            string error = bwrap.StandardError.ReadToEnd();
            bwrap.WaitForExit();
            Assert.True(bwrap.ExitCode == 0, $"the sandbox ended with {bwrap.ExitCode}: {error}");
            return [.. cases.Select((_, i) => ReadBack(Path.Combine(folder, i.ToString())))];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Write(string folder, CorpusCase test)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "script"), test.Script, Encoding.Latin1);
        File.WriteAllText(Path.Combine(folder, "stdin"), test.Input, Encoding.Latin1);
        foreach (CorpusFile file in test.Files)
        {
            string path = Path.Combine(folder, "files", file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file.Content, Encoding.Latin1);
            File.SetUnixFileMode(path, (UnixFileMode)file.Mode);
        }
    }

    private static Process Start(string folder, int count)
    {
        var start = new ProcessStartInfo("/usr/bin/bwrap") { RedirectStandardError = true };
        foreach (string argument in (string[])
        [
            "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", "--ro-bind-try", "/etc/alternatives", "/etc/alternatives",
            "--dev", "/dev", "--proc", "/proc", "--bind", Path.Combine(folder, "w"), "/w", "--ro-bind", Path.Combine(folder, "passwd"), "/etc/passwd", "--ro-bind", Path.Combine(folder, "group"), "/etc/group", "--tmpfs", "/tmp", "--dir", "/home", "--bind", folder, "/cases",
            "--unshare-all", "--die-with-parent", "--new-session", "--hostname", "sandbox",
            "/usr/bin/env", "-i", "PATH=/usr/bin:/bin", "/usr/bin/bash", "-c", Driver, "driver", count.ToString(),
        ])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private static Observation ReadBack(string folder)
    {
        string Read(string name) => File.ReadAllText(Path.Combine(folder, name), Encoding.Latin1);
        var lines = new List<string>();
        foreach (string entry in Read("list").Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] fields = entry.Split('\t');
            string path = Path.Combine(folder, "tree", fields[0]);
            lines.Add(fields[1] switch
            {
                "d" => $"{fields[0]}/ {fields[2]}",
                "l" => $"{fields[0]} -> {fields[3]}",
                "f" => $"{fields[0]} {fields[2]} {File.ReadAllText(path, Encoding.Latin1)}",
                _ => $"{fields[0]} {fields[1]}",
            });
        }

        return new Observation(Read("stdout"), Observation.LastLine(Read("stderr")), int.Parse(Read("status")), string.Join('\n', lines.Order(StringComparer.Ordinal)));
    }
}
