namespace Offstage.Shell.Tests;

/// <summary>Ways to the host: none of them leads there.</summary>
public sealed class EscapeTests
{
    private const string Secret = "offstage-host-secret";

    private static readonly string[] Readers =
    [
        "cat {0}", "read -r x < {0}; echo \"$x\"", "echo \"$(< {0})\"", "mapfile -t a < {0}; echo \"${{a[@]}}\"", ". {0}", "source {0}", "bash {0}", "exec 3< {0} && cat <&3", "head -c 100 {0}",
        "tail -n 5 {0}", "grep -a . {0}", "sed p {0}", "awk 1 {0}", "cp {0} /w/stolen && cat /w/stolen", "ln -s {0} l && cat l", "ln {0} h && cat h", "mv {0} m && cat m", "sort {0}", "tac {0}", "cat < {0}",
        "while read -r l; do echo $l; done < {0}", "cat /dev/../{0}", "cat ../../../../../..{0}", "cd / && cat .{0}", "[ -e {0} ] && echo exists", "test -s {0} && echo exists", "wc -c < {0}", "cut -c1-50 {0}", "paste {0}",
        "tr a a < {0}", "uniq {0}", "nl {0}", "rev {0}", "tee x < {0}", "fold {0}", "exec {0}", "{0}", "command {0}", "env {0}", "printf '%s' \"$(cat {0})\"", "eval 'cat {0}'", "cat <(cat {0})",
    ];

    [Fact]
    public void No_way_of_reading_finds_a_file_of_the_host()
    {
        string path = Path.Combine(Path.GetTempPath(), $"offstage-escape-{Guid.NewGuid():N}");
        File.WriteAllText(path, $"echo {Secret}\n");
        try
        {
            foreach (string target in (string[])[path, "/etc/passwd", "/proc/self/environ", "/proc/1/cmdline", "/etc/hostname"])
            {
                foreach (string reader in Readers)
                {
                    string script = string.Format(System.Globalization.CultureInfo.InvariantCulture, reader, target);
                    (_, string output, string error) = Shells.Run(script);
                    Assert.DoesNotContain(Secret, output + error, StringComparison.Ordinal);
                    Assert.DoesNotContain("root:", output + error, StringComparison.Ordinal);
                    Assert.DoesNotContain("exists", output, StringComparison.Ordinal);
                }
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void No_way_of_writing_changes_a_file_of_the_host()
    {
        string directory = Directory.CreateTempSubdirectory("offstage-escape-").FullName;
        string path = Path.Combine(directory, "f");
        File.WriteAllText(path, Secret);
        try
        {
            foreach (string writer in (string[])
            [
                "echo x > {0}", "echo x >> {0}", "echo x >| {0}", ": > {0}", "exec 3> {0}; echo x >&3", "rm -f {0}", "rm -rf {1}", "mv {0} /w/x", "cp /dev/null {0}", "ln -sf /dev/null {0}", "touch {1}/new",
                "mkdir -p {1}/sub", "chmod 777 {0}", "truncate -s 0 {0}", "sed -i s/o/x/ {0}", "tee {0} < /dev/null", "cd {1} && rm -f f", "mkdir -p {1} && echo x > {0}", "echo x | tee {0}", "printf x > ..{0}",
                "cd /; echo x > ../../..{0}", "find {1} -delete", "bash -c 'echo x > {0}'", "awk 'BEGIN {{ print \"x\" > \"{0}\" }}'", "sort -o {0} /dev/null", "dd of={0} < /dev/null", "shred {0}", "unlink {0}",
            ])
            {
                _ = Shells.Run(string.Format(System.Globalization.CultureInfo.InvariantCulture, writer, path, directory));
                Assert.Equal(Secret, File.ReadAllText(path));
                Assert.Equal([path], Directory.GetFileSystemEntries(directory));
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void The_hosts_environment_is_not_seen()
    {
        Environment.SetEnvironmentVariable("OFFSTAGE_ESCAPE_TEST", Secret);
        foreach (string script in (string[])["env", "printenv", "set", "declare -p", "export -p", "echo $OFFSTAGE_ESCAPE_TEST", "compgen -v", "bash -c env", "awk 'BEGIN { for (k in ENVIRON) print k, ENVIRON[k] }'", "cat /proc/self/environ"])
        {
            (_, string output, string error) = Shells.Run(script);
            Assert.DoesNotContain("OFFSTAGE_ESCAPE_TEST", output.Replace(script, "", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, output + error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void There_is_no_network()
    {
        foreach (string script in (string[])["echo x > /dev/tcp/127.0.0.1/80", "exec 3<>/dev/udp/127.0.0.1/53", "cat < /dev/tcp/localhost/22", "curl http://127.0.0.1", "wget http://127.0.0.1", "nc 127.0.0.1 80", "ssh localhost", "ping -c1 127.0.0.1"])
            Assert.NotEqual(0, Shells.Run(script).Status.Code);
    }

    [Fact]
    public void Programs_of_the_host_are_not_there()
    {
        foreach (string program in (string[])["python3", "perl", "/usr/bin/python3", "/bin/busybox", "dotnet", "sudo", "mount", "ps", "/usr/bin/gcc", "./../../usr/bin/perl", "docker", "systemctl", "apt", "git"])
            Assert.InRange(Shells.Run($"{program} --version").Status.Code, 126, 127);
    }

    [Fact]
    public void Every_file_that_a_script_touches_is_told()
    {
        var touched = new List<FileTouch>();
        using var shell = new BashShell(Shells.Settings() with { Audit = t => { lock (touched) touched.Add(t); } });
        _ = Shells.Run(shell, "echo a > f; cat f > /dev/null; cat nosuch; rm f");
        Assert.Contains(new FileTouch(FileTouchKind.Write, "/w/f", FileError.None), touched);
        Assert.Contains(new FileTouch(FileTouchKind.Read, "/w/f", FileError.None), touched);
        Assert.Contains(new FileTouch(FileTouchKind.Read, "/w/nosuch", FileError.NotFound), touched);
        Assert.Contains(new FileTouch(FileTouchKind.Remove, "/w/f", FileError.None), touched);
    }
}
