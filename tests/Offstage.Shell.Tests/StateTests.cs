namespace Offstage.Shell.Tests;

/// <summary>What a shell keeps between runs and over being saved.</summary>
public sealed class StateTests
{
    private const string Make =
        """
        x=1; export y='a b'; declare -i n=5; declare -u up=abc; readonly ro=r; a=(1 [5]=z); declare -A m=([k]='v w'); f() { echo "f $1"; if true; then cat <<E
        doc $x
        E
        fi; }
        set -u; shopt -s extglob; alias hi='echo hello'; trap 'echo usr' USR1; cd /tmp; umask 027; declare -n ref=x; g() [[ $1 == @(a|b) ]]; bytes=$'\xff\x01'
        """;

    private const string Show = "declare -p x y n up ro a m ref bytes; f 1; g a && echo g; echo $-; shopt extglob; alias; trap; pwd; umask; ro=2";

    [Fact]
    public void A_shell_keeps_its_state_between_runs()
    {
        using var shell = new BashShell(Shells.Settings());
        _ = Shells.Run(shell, "x=1; f() { echo f$x; }; cd /tmp; set -u");
        Assert.Equal("f1\n/tmp\n", Shells.Run(shell, "f; pwd").Output);
        Assert.Equal("/tmp", shell.WorkingDirectory);
    }

    [Fact]
    public void A_shell_is_usable_after_a_stop_at_any_command()
    {
        const string script =
            """
            trap 'local_trap=1; for t in 1 2; do :; done' DEBUG; trap 'echo exit' EXIT; trap ': error' ERR
            f() { local x=inner; for i in 1 2; do while read -r line; do x=$line y=env eval 'g "$i"'; done <<< $'a\nb'; done > /dev/null; }
            g() { local x=deeper; [[ $1 == 1 ]] || return 3; (( i + ${#x} )); case $1 in 1) false;; esac; z=$(echo "$x" | cat); ( exit 3 ); }
            set -x; f 2> /dev/null; set +x; trap - DEBUG EXIT ERR
            """;
        long commands = 1;
        for (ShellStop? stop = new ShellStop.TooManyCommands(0); stop is not null; commands++)
        {
            using var shell = new BashShell(Shells.Settings());
            _ = Shells.Run(shell, "x=outer");
            ExitStatus status = shell.Run(ShellRun.Of(script) with { Limits = Shells.Settings().Limits with { CommandsMax = commands } }, TestContext.Current.CancellationToken);
            stop = status.Stop;
            var after = Shells.Run(shell, "echo $? $x ${FUNCNAME-none}; trap - DEBUG EXIT ERR; set +x; local v=1; break; echo ${#BASH_SOURCE[@]}; return 4");
            Assert.Equal($"{(stop is null ? 0 : 137)} outer none\n0\n", after.Output.Replace("exit\n", "", StringComparison.Ordinal));
            Assert.Contains("can only be used in a function", after.Error, StringComparison.Ordinal);
        }

        Assert.InRange(commands, 30, 1000);
    }

    [Fact]
    public void A_restored_shell_goes_on_where_it_was_saved()
    {
        MemoryFileTree tree = Shells.Tree();
        using var first = new BashShell(Shells.Settings(tree));
        Assert.Equal("", Shells.Run(first, Make).Error);
        byte[] saved = first.Save();
        (ExitStatus, string, string) expected = Shells.Run(first, Show);
        using BashShell second = BashShell.Restore(Shells.Settings(tree), saved);
        Assert.Equal(saved, second.Save());
        Assert.Equal(expected, Shells.Run(second, Show));
    }

    [Fact]
    public void What_is_no_saved_shell_is_refused()
        => Assert.Throws<InvalidDataException>(() => BashShell.Restore(Shells.Settings(), "{}"u8.ToArray()));

    [Fact]
    public void Commands_of_the_host_are_found_as_programs()
    {
        using var shell = new BashShell(Shells.Settings() with { Commands = CommandRegistry.Standard.With(new Shout()) });
        Assert.Equal("HELLO\n/usr/bin/shout\n", Shells.Run(shell, "echo hello | shout; command -v shout").Output);
    }

    [Fact]
    public void Output_reaches_the_caller_as_it_is_written()
    {
        using var shell = new BashShell(Shells.Settings());
        var pieces = new List<string>();
        shell.Run(ShellRun.Of("echo a; echo b") with { Output = b => pieces.Add(System.Text.Encoding.Latin1.GetString(b.Span)) }, TestContext.Current.CancellationToken);
        Assert.Equal(["a\n", "b\n"], pieces);
    }

    private sealed class Shout : ICommand
    {
        public string Name => "shout";

        public int Run(CommandContext context)
        {
            context.Output.Write(System.Text.Encoding.Latin1.GetString(context.Reader().ReadToEnd()).ToUpperInvariant());
            return 0;
        }
    }
}
