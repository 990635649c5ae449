using System.Diagnostics;
using System.Text;

namespace Offstage.Shell.Tests;

/// <summary>Random and broken scripts: no exception leaves the shell, and none runs past its limits. <c>OFFSTAGE_SHELL_FUZZ</c> sets how many.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int FoundMax = 20;

    /// <summary>Bytes that the second half of the scripts may leave behind; all caches are full by then.</summary>
    private const long GrowthMax = 8 << 20;

    private static readonly string[] Pieces =
    [
        "echo ", "if ", "then ", "fi; ", "for i in 1 2; do ", "done; ", "while false; do ", "case x in ", "esac; ", "x) ", ";; ", "{ ", "}; ", "( ", ") ", "$(", "`", "\"", "'", "$x ",
        "${x:-", "${x#", "${x//a/b}", "${a[@]}", "${!x}", "}", "$((", "))", "1+", "x++", "[[ ", " ]]", "=~ ", "== ", "&& ", "|| ", "| ", "; ", "& ", "> f ", "< f ", "<<E\n", "E\n", "<<< ", "2>&1 ",
        "\n", "\\", "*", "?", "[a-z]", "{a,b}", "{1..3}", "~", "f() ", "function g ", "return ", "exit 3 ", "local x=1 ", "declare -A m ", "declare -n r=x ", "m[k]=v ", "a=(1 2 3) ", "a+=(4) ",
        "set -e ", "set -u ", "shopt -s extglob ", "@(a|b) ", "!(x) ", "trap 'echo t' EXIT ", "eval ", "read x ", "printf '%d %s\\n' ", "test ", "[ ", "] ", "unset x ", "shift ", "break ", "continue ",
        "x=", "y=$x ", "# c\n", "$'\\x41' ", "<(echo) ", "coproc ", "select i in a; do ", "time ", "! ", "\0", "\u00ff", "((i=0;i<3;i++)) ", "wait ", "kill $$ ", "exec 3>f ", "cd / ", "pushd . ", ". ./f ",
    ];

    [Fact]
    public void Random_scripts_break_nothing()
    {
        (int count, int seed) = Seeds.Of("OFFSTAGE_SHELL_FUZZ", 4000);
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        string[] corpus = [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Corpus", "language"), "*.txt")
            .SelectMany(f => File.ReadAllLines(f, Encoding.Latin1)).Where(l => l.StartsWith("$ ", StringComparison.Ordinal)).Select(l => l[2..])];
        var limits = new ShellLimits
        {
            WallTime = TimeSpan.FromMilliseconds(500),
            CommandsMax = 3000,
            LoopTurnsMax = 1000,
            CallDepthMax = 200,
            OutputBytesMax = 1 << 20,
            HeldBytesMax = 16 << 20,
            ProcessesMax = 16,
        };
        var found = new Dictionary<string, string>();
        long held = 0;
        for (int i = 0; i < count && found.Count < FoundMax; i++)
        {
            if (i == count / 2)
                held = GC.GetTotalMemory(forceFullCollection: true);
            string script = random.Next(2) == 0 ? Compose(random) : Mutate(random, corpus[random.Next(corpus.Length)]);
            long begun = Stopwatch.GetTimestamp();
            try
            {
                Assert.InRange(Shells.Run(script, limits).Status.Code, 0, 255);
            }
            catch (Exception e)
            {
                found.TryAdd($"{e.GetType()} {e.StackTrace?.Split('\n')[0]}", $"script {i}: {e}\n{script}");
            }

            if (Stopwatch.GetElapsedTime(begun) > TimeSpan.FromSeconds(10))
                found.TryAdd($"{i}", $"script {i} did not end: {script}");
        }

        Assert.True(found.Count == 0, $"seed {seed}: {string.Join("\n\n", found.Values)}");
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - held, long.MinValue, GrowthMax);
    }

    private static string Compose(Random random)
    {
        var script = new StringBuilder();
        for (int i = random.Next(1, 25); i > 0; i--)
            script.Append(Pieces[random.Next(Pieces.Length)]);
        return script.ToString();
    }

    private static string Mutate(Random random, string script)
    {
        var mutated = new StringBuilder(script);
        for (int i = random.Next(1, 4); i > 0 && mutated.Length > 0; i--)
        {
            int at = random.Next(mutated.Length);
            switch (random.Next(4))
            {
                case 0:
                    mutated.Remove(at, Math.Min(random.Next(1, 5), mutated.Length - at));
                    break;
                case 1:
                    mutated.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 2:
                    mutated[at] = (char)random.Next(256);
                    break;
                default:
                    mutated.Insert(at, mutated.ToString(at, Math.Min(random.Next(1, 10), mutated.Length - at)));
                    break;
            }
        }

        return mutated.ToString();
    }
}
