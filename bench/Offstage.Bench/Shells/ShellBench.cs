using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Offstage.Shell;

namespace Offstage.Bench.Shells;

/// <summary>The shell in this process beside bash with its tools and beside just-bash, on the same files in one run.</summary>
internal static class ShellBench
{
    private const int Rounds = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly (string Name, string Script)[] Cases =
    [
        ("for ((…)) 100,000", "for ((i=0;i<100000;i++)); do x=$i; done"),
        ("while [ … ] 100,000", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"),
        ("grep -r literal", "grep -r needle_in_the_hay src | wc -l"),
        ("grep -rE", "grep -rE '^(alpha|beta) [a-z]+_[0-9]{3,4} .*(tree|shell)$' src | wc -l"),
        ("sed s///", "sed 's/value_\\([0-9]*\\)/v\\1/g' text.txt > /dev/null"),
        ("sort", "sort text.txt > /dev/null"),
        ("wc", "wc text.txt"),
        ("cut", "cut -d' ' -f2,3 text.txt > /dev/null"),
        ("awk sums", "awk '{s[$1]+=$2; t+=$3} END {print length(s), t}' numbers.txt"),
        ("jq", "jq '[.[] | select(.price > 50) | .price] | add' doc.json"),
        ("find", "find many -name '*99.txt' | wc -l"),
    ];

    /// <param name="only">Part of a case's name; empty: all.</param>
    public static async Task<int> RunAsync(string only)
    {
        NewShells();
        string folder = Directory.CreateTempSubdirectory("offstage-shells-").FullName;
        try
        {
            ShellMaterial.Write(folder);
            var tree = new MemoryFileTree(TimeProvider.System, 4L << 30);
            Copy(tree, folder, "/work");
            await using var other = await JustBash.TryStartAsync(folder);
            Console.WriteLine($"{"",-22}{"ours",12}{"bash",12}{"just-bash",12}{"/ bash",10}{"just-bash /",13}");
            foreach (var (name, script) in Cases.Where(one => one.Name.Contains(only, StringComparison.Ordinal)))
            {
                double ours = Best(() => Ours(tree, script));
                double bash = Best(() => Bash(folder, script));
                double? theirs = other is null ? null : await other.BestAsync(script, Rounds, Patience);
                Console.WriteLine($"{name,-22}{ours,9:0.0} ms{bash,9:0.0} ms{(theirs is null ? "-" : $"{theirs:0.0} ms"),12}{ours / bash,9:0.00}x{(theirs is null ? "" : $"{theirs / ours:0.0}x"),13}");
            }

            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void NewShells()
    {
        const int count = 10_000;
        ShellSettings Settings() => new() { Files = new MemoryFileTree(TimeProvider.System), Time = TimeProvider.System };
        var run = ShellRun.Of("true");
        for (int i = 0; i < count; i++)
        {
            using var warm = new BashShell(Settings());
            warm.Run(run);
        }

        long begun = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            using var shell = new BashShell(Settings());
            shell.Run(run);
        }

        double each = Stopwatch.GetElapsedTime(begun).TotalMilliseconds / count;
        var idle = new BashShell[count];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < count; i++)
        {
            idle[i] = new BashShell(Settings());
            idle[i].Run(run);
        }

        double bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)count;
        GC.KeepAlive(idle);
        Console.WriteLine($"new shell and true    {each * 1000:0.0} us  aim 50 us");
        Console.WriteLine($"10,000 idle shells    {bytes / 1024:0.0} KB each  aim 20 KB");
    }

    private static double Best(Func<double> run) => Enumerable.Range(0, Rounds).Min(_ => run());

    private static double Ours(MemoryFileTree tree, string script)
    {
        using var shell = new BashShell(new ShellSettings
        {
            Files = tree,
            Time = TimeProvider.System,
            WorkingDirectory = "/work",
            Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["LC_ALL"] = "C" },
        });
        var errors = new StringBuilder();
        long begun = Stopwatch.GetTimestamp();
        var status = shell.Run(ShellRun.Of(script) with { Error = bytes => errors.Append(Encoding.UTF8.GetString(bytes.Span)) });
        double ms = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        if (status is { Code: 0, Stop: null })
            return ms;
        Console.Error.WriteLine($"ours: {script}: {status} {errors}");
        return double.NaN;
    }

    private static double Bash(string folder, string script)
    {
        var start = new ProcessStartInfo("bash", ["-c", script]) { WorkingDirectory = folder, RedirectStandardOutput = true };
        start.Environment["LC_ALL"] = "C";
        long begun = Stopwatch.GetTimestamp();
        using var bash = Process.Start(start)!;
        bash.StandardOutput.ReadToEnd();
        bash.WaitForExit();
        double ms = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        return bash.ExitCode == 0 ? ms : throw new InvalidOperationException($"bash: {script}: exit {bash.ExitCode}");
    }

    private static void Copy(MemoryFileTree tree, string from, string to)
    {
        tree.MakeDirectory(to, 0b111_101_101);
        foreach (string directory in Directory.GetDirectories(from))
            Copy(tree, directory, $"{to}/{Path.GetFileName(directory)}");
        foreach (string file in Directory.GetFiles(from))
        {
            tree.Open($"{to}/{Path.GetFileName(file)}", FileOpening.Write | FileOpening.Create, 0b110_100_100, out var handle);
            using (handle)
                handle!.WriteAt(0, File.ReadAllBytes(file));
        }
    }
}

/// <summary>just-bash in a Node of its own.</summary>
internal sealed class JustBash : IAsyncDisposable
{
    private readonly Process node;
    private bool isLost;

    private JustBash(Process node) => this.node = node;

    /// <returns>Null when it is not installed: <c>npm install --prefix .cache/bench just-bash@3.4.2</c>.</returns>
    public static async Task<JustBash?> TryStartAsync(string folder)
    {
        string modules = Path.Combine(Environment.CurrentDirectory, ".cache/bench/node_modules");
        if (!Directory.Exists(Path.Combine(modules, "just-bash")))
        {
            Console.Error.WriteLine("just-bash is missing: npm install --prefix .cache/bench just-bash@3.4.2, and run this from the repository's folder");
            return null;
        }

        var start = new ProcessStartInfo("node", ["--max-old-space-size=8192", Path.Combine(AppContext.BaseDirectory, "Shells/just-bash.mjs"), modules, folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var started = new JustBash(Process.Start(start)!);
        await started.node.StandardOutput.ReadLineAsync();
        return started;
    }

    /// <returns>Null when it fails or takes longer than one has patience for.</returns>
    public async Task<double?> BestAsync(string script, int rounds, TimeSpan patience)
    {
        double? best = null;
        for (int round = 0; round < rounds && !isLost; round++)
        {
            await node.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new { script }));
            await node.StandardInput.FlushAsync();
            var line = node.StandardOutput.ReadLineAsync();
            if (await Task.WhenAny(line, Task.Delay(patience)) != line || await line is not { } told)
            {
                isLost = true;
                return null;
            }

            var answer = JsonElement.Parse(told);
            if (answer.GetProperty("exitCode").GetInt32() != 0)
            {
                Console.Error.WriteLine($"just-bash: {script}: {told}");
                return null;
            }

            best = Math.Min(best ?? double.MaxValue, answer.GetProperty("ms").GetDouble());
        }

        return best;
    }

    public async ValueTask DisposeAsync()
    {
        node.Kill();
        await node.WaitForExitAsync();
        node.Dispose();
    }
}
