using System.Diagnostics;
using Offstage.Shell;

namespace Offstage.Bench.Shells;

/// <summary>How long a script goes on after it was cancelled, whatever it is doing. The aim is 10 ms.</summary>
internal static class CancellationBench
{
    private const int Rounds = 5;
    private const double AimMs = 10;

    /// <summary>How long a script may take to end by itself after it was cancelled before that is called endless.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly string[] Scripts =
    [
        "while :; do :; done",
        "for ((;;)); do ((x++)); done",
        "for i in {1..100000000}; do :; done",
        "f() { f; }; while :; do (f) 2> /dev/null; done",
        "f() { local i; for ((i = 0; i < 3; i++)); do f; done; }; f",
        "while :; do x=$(echo $x | cat); done",
        "while :; do eval 'x=1'; done",
        "x=$(sleep 1000)",
        "sleep 1000 | cat",
        "sleep 1000 & wait",
        "read x < <(sleep 1000)",
        "mapfile a < <(yes)",
        "a=(); while :; do a+=(x); done",
        "x=$(printf '%0200000d' 0); while :; do y=${x//0*1/}; done",
        "shopt -s extglob; x=$(printf '%05000d' 0); [[ $x == *(*(*(0)0)0)1 ]]",
        "x=$(printf '%0100000d' 0); while :; do [[ $x =~ (0+)+1 ]]; done",
        "printf '%s ' {1..5000000} > /dev/null",
        "printf '%01000000000d' 1 > /dev/null",
        "echo ** ; shopt -s globstar; while :; do echo ** > /dev/null; done",
        "cat /dev/zero > /dev/null",
        "cat < <(cat /dev/zero) > /dev/null",
        "head -c 100G /dev/zero > /dev/null",
        "tail -c 5 /dev/zero",
        "yes | tail -n 5",
        "tac /dev/zero",
        "yes | sort",
        "sort big.txt big.txt big.txt big.txt > /dev/null",
        "sort -k2,2 -n big.txt big.txt big.txt > /dev/null",
        "yes | uniq",
        "yes | uniq -c",
        "yes | wc",
        "yes | tr a-z A-Z > /dev/null",
        "yes | cut -c1 > /dev/null",
        "yes | rev > /dev/null",
        "yes | nl > /dev/null",
        "yes | fold -w 1 > /dev/null",
        "yes | fmt > /dev/null",
        "yes | paste - - - > /dev/null",
        "yes | column",
        "yes | tee /dev/null > /dev/null",
        "yes | split -l 1000000000 - part",
        "yes | csplit - /never/",
        "yes | od > /dev/null",
        "yes | xxd > /dev/null",
        "yes | hexdump > /dev/null",
        "yes | base64 > /dev/null",
        "yes | md5sum",
        "sha512sum /dev/zero",
        "cmp /dev/zero /dev/zero",
        "comm <(yes) <(yes) > /dev/null",
        "join <(yes) <(yes) > /dev/null",
        "yes 1 | numfmt > /dev/null",
        "yes | xargs echo > /dev/null",
        "yes | xargs -n 1 true",
        "yes | grep x",
        "yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab | grep -P '^(a+)+$'",
        "yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab | grep -E '^(a|b|ab)*c'",
        "head -c 50M /dev/zero | tr '\\0' a | grep -E '(a*b)*c'",
        "head -c 30M /dev/zero | tr '\\0' a | sed 's/a*b//g'",
        "yes abc | sed 's/\\(.\\)\\(.\\)/\\2\\1/g' > /dev/null",
        "echo x | sed ':a; ba'",
        "yes | sed -n 'H; $p'",
        "awk 'BEGIN { while (1) x++ }'",
        "awk 'BEGIN { while (1) a[i++] = i }'",
        "yes 1 2 3 | awk '{ s += $2 }'",
        "awk 'BEGIN { x = sprintf(\"%100000s\", \"\"); while (1) gsub(/ /, \"x\", x) }'",
        "jq -n 'last(repeat(1))'",
        "jq -n '[range(100000000)] | length'",
        "yes '{\"a\":1}' | jq .a > /dev/null",
        "jq '[.[] | tostring | test(\"a.*b\")] | sort' doc.json > /dev/null",
        "yq -o json . doc.json > /dev/null",
        "echo 'while (1) x += 1' | bc",
        "echo '2^200000000' | bc",
        "echo 'scale=1000000; 1/7' | bc",
        "factor 1000000000000000000000000000057",
        "expr $(printf '%0100000d' 0) : '\\(0*\\)*1'",
        "seq 1 1000000000000 > /dev/null",
        "seq -w 1 1000000000000 | cat > /dev/null",
        "shuf -i 1-1000000000 > /dev/null",
        "yes | shuf > /dev/null",
        "diff big.txt other.txt > /dev/null",
        "patch big.txt < <(diff big.txt other.txt) > /dev/null",
        "gzip -9 -c /dev/zero > /dev/null",
        "gzip -c /dev/zero | gzip -d > /dev/null",
        "tar c /dev/zero . > /dev/null; tar cf - . . . . . . . . . . . . . . . . | gzip -9 > /dev/null",
        "zip -9 - big.txt big.txt other.txt doc.json > /dev/null",
        "sqlite3 :memory: 'with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c'",
        "dd if=/dev/zero of=/dev/null",
        "find . -exec true ';'; while :; do find . > /dev/null; done",
        "while :; do ls -lR > /dev/null; done",
        "while :; do du -a > /dev/null; done",
        "while :; do cp -r many copy; rm -r copy; done",
        "rg 'q.*z.*q' . ; while :; do rg -c e . > /dev/null; done",
        "timeout 1000 sleep 1000",
        "bash -c 'while :; do :; done'",
        "env -i awk 'BEGIN { while (1) x = x \"y\" }'",
        "trap 'while :; do :; done' EXIT; exit",
        "select x in a b; do :; done < <(sleep 1000)",
    ];

    public static int Run(string only)
    {
        var tree = Material();
        var late = new List<string>();
        Console.WriteLine($"{"p50",9}{"max",12}  aim {AimMs} ms");
        foreach (string script in Scripts.Where(one => one.Contains(only, StringComparison.Ordinal)))
        {
            var random = new Random(script.Length);
            double[] took = [.. Enumerable.Range(0, Rounds).Select(_ => Measure(tree, script, TimeSpan.FromMilliseconds(random.Next(20, 400)))).Order()];
            string line = $"{took[Rounds / 2],6:0.0} ms{took[^1],9:0.0} ms  {script}";
            Console.WriteLine(line);
            if (took[Rounds / 2] > AimMs)
                late.Add(line);
        }

        Console.WriteLine(late.Count == 0 ? "all within the aim" : $"{late.Count} miss the aim:\n{string.Join('\n', late)}");
        return 0;
    }

    /// <returns>Milliseconds from the cancellation to the end of the run; 0 for one that had ended before; not a number for one that did not end.</returns>
    private static double Measure(MemoryFileTree tree, string script, TimeSpan after)
    {
        using var shell = new BashShell(new ShellSettings
        {
            Files = tree,
            Time = TimeProvider.System,
            WorkingDirectory = "/work",
            Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["LC_ALL"] = "C" },
        });
        using var stop = new CancellationTokenSource();
        long ended = 0;
        var thread = new Thread(() =>
        {
            shell.Run(ShellRun.Of(script), stop.Token);
            ended = Stopwatch.GetTimestamp();
        });
        thread.Start();
        if (thread.Join(after))
            return 0;
        long cancelled = Stopwatch.GetTimestamp();
        stop.Cancel();
        return thread.Join(Patience) ? Stopwatch.GetElapsedTime(cancelled, ended).TotalMilliseconds : double.NaN;
    }

    private static MemoryFileTree Material()
    {
        var tree = new MemoryFileTree(TimeProvider.System, 2L << 30);
        foreach (string folder in (string[])["/work", "/tmp"])
            tree.MakeDirectory(folder, 0b111_101_101);
        using var shell = new BashShell(new ShellSettings { Files = tree, Time = TimeProvider.System, WorkingDirectory = "/work", Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin" } });
        shell.Run(ShellRun.Of("""
            awk 'BEGIN { srand(1); for (i = 0; i < 400000; i++) print int(rand() * 1000000), "line", i, rand() }' > big.txt
            awk 'NR % 3 { print } NR % 7 == 0 { print "new", NR }' big.txt > other.txt
            awk 'BEGIN { print "["; for (i = 0; i < 200000; i++) printf "%s{\"id\": %d, \"name\": \"item %d\"}", i ? "," : "", i, i; print "]" }' > doc.json
            mkdir many; cd many; for ((i = 0; i < 20000; i++)); do echo $i > f$i; done
            """));
        return tree;
    }
}
