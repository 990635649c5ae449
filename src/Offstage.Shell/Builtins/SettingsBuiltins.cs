using System.Globalization;
using Offstage.Shell.Execution;

namespace Offstage.Shell.Builtins;

internal sealed class UmaskBuiltin : IBuiltin
{
    public string Name => "umask";

    public string Usage => "umask [-p] [-S] [mode]";

    public int Run(BuiltinCall call)
    {
        if (call.Options("pS", out int next, out int status) is not { } options)
            return status;
        bool symbolic = options.Exists(o => o.Letter == 'S');
        if (next == call.Arguments.Count)
        {
            string prefix = options.Exists(o => o.Letter == 'p') ? symbolic ? "umask -S " : "umask " : "";
            call.WriteLine(prefix + (symbolic ? Symbolic(call.Process.Umask) : "0" + Convert.ToString(call.Process.Umask, 8).PadLeft(3, '0')));
            return 0;
        }

        string mode = call.Arguments[next];
        int? mask = char.IsAsciiDigit(mode[0]) ? Octal(call, mode) : Changed(call, mode);
        if (mask is null)
            return 1;
        call.Process.Umask = mask.Value;
        if (symbolic)
            call.WriteLine(Symbolic(mask.Value));
        return 0;
    }

    private static int? Octal(BuiltinCall call, string mode)
    {
        int mask = 0;
        foreach (char c in mode)
        {
            if (c is < '0' or > '7' || mask > 0x1FF)
            {
                call.Complain($"{mode}: octal number out of range");
                return null;
            }

            mask = (mask * 8) + c - '0';
        }

        return mask & 0x1FF;
    }

    private static string Symbolic(int mask)
    {
        string Part(int shift)
        {
            int bits = (~mask >> shift) & 7;
            return $"{((bits & 4) != 0 ? "r" : "")}{((bits & 2) != 0 ? "w" : "")}{((bits & 1) != 0 ? "x" : "")}";
        }

        return $"u={Part(6)},g={Part(3)},o={Part(0)}";
    }

    private static int? Changed(BuiltinCall call, string mode)
    {
        int allowed = ~call.Process.Umask & 0x1FF;
        foreach (string clause in mode.Split(','))
        {
            int at = 0;
            int who = 0;
            for (; at < clause.Length && "ugoa".Contains(clause[at]); at++)
                who |= clause[at] switch { 'u' => 0b111_000_000, 'g' => 0b000_111_000, 'o' => 0b000_000_111, _ => 0x1FF };
            who = who == 0 ? 0x1FF : who;
            if (at == clause.Length || clause[at] is not ('+' or '-' or '='))
            {
                call.Complain($"`{(at < clause.Length ? clause[at] : ' ')}': invalid symbolic mode operator");
                return null;
            }

            char operation = clause[at++];
            int bits = 0;
            for (; at < clause.Length; at++)
            {
                int bit = clause[at] switch { 'r' => 0b100_100_100, 'w' => 0b010_010_010, 'x' or 'X' => 0b001_001_001, _ => -1 };
                if (bit < 0)
                {
                    call.Complain($"`{clause[at]}': invalid symbolic mode character");
                    return null;
                }

                bits |= bit;
            }

            allowed = operation switch
            {
                '+' => allowed | (bits & who),
                '-' => allowed & ~(bits & who),
                _ => (allowed & ~who) | (bits & who),
            };
        }

        return ~allowed & 0x1FF;
    }
}

/// <summary>Reports limits; setting them is accepted where it lowers nothing that the shell enforces itself.</summary>
internal sealed class UlimitBuiltin : IBuiltin
{
    public string Name => "ulimit";

    public string Usage => "ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]";

    public int Run(BuiltinCall call)
    {
        if (call.Options("SHabcdefiklmnpqrstuvxPRT", out int next, out int status) is not { } options)
            return status;
        ShellLimits limits = call.Process.Budget.Limits;
        if (next < call.Arguments.Count)
            return 0;
        char asked = options.LastOrDefault(o => o.Letter is not ('S' or 'H')).Letter;
        if (asked == 'a')
        {
            call.WriteLine($"file size                   (blocks, -f) {limits.FileBytesMax / 1024}");
            call.WriteLine($"open files                          (-n) {limits.OpenFilesMax}");
            call.WriteLine($"max user processes                  (-u) {limits.ProcessesMax}");
            call.WriteLine($"virtual memory              (kbytes, -v) {limits.HeldBytesMax / 1024}");
            return 0;
        }

        call.WriteLine(asked switch
        {
            'n' => limits.OpenFilesMax.ToString(CultureInfo.InvariantCulture),
            'u' => limits.ProcessesMax.ToString(CultureInfo.InvariantCulture),
            'v' or 'm' or 'd' => (limits.HeldBytesMax / 1024).ToString(CultureInfo.InvariantCulture),
            'f' or '\0' => (limits.FileBytesMax / 1024).ToString(CultureInfo.InvariantCulture),
            's' => "8192",
            'c' => "0",
            'p' => "8",
            _ => "unlimited",
        });
        return 0;
    }
}

internal sealed class EnableBuiltin : IBuiltin
{
    public string Name => "enable";

    public string Usage => "enable [-a] [-dnps] [-f filename] [name ...]";

    public int Run(BuiltinCall call)
    {
        if (call.Options("adnpsf:", out int next, out int status) is not { } options)
            return status;
        HashSet<string> disabled = call.Process.DisabledBuiltins;
        bool off = options.Exists(o => o.Letter == 'n');
        if (next == call.Arguments.Count)
        {
            foreach (string name in BuiltinTable.Names)
            {
                if (options.Exists(o => o.Letter == 'a') || disabled.Contains(name) == off)
                    call.WriteLine($"enable {(disabled.Contains(name) ? "-n " : "")}{name}");
            }

            return 0;
        }

        foreach (string name in call.Arguments.Skip(next))
        {
            if (BuiltinTable.Find(name) is null)
            {
                call.Complain($"{name}: not a shell builtin");
                status = 1;
            }
            else if (off)
            {
                disabled.Add(name);
            }
            else
            {
                disabled.Remove(name);
            }
        }

        return status;
    }
}

internal sealed class HashBuiltin : IBuiltin
{
    public string Name => "hash";

    public string Usage => "hash [-lr] [-p pathname] [-dt] [name ...]";

    public int Run(BuiltinCall call)
    {
        if (call.Options("lrp:dt", out int next, out int status) is not { } options)
            return status;
        bool Has(char letter) => options.Exists(o => o.Letter == letter);
        Dictionary<string, (string Path, int Hits)> hashed = call.Process.Hashed;
        if (Has('r'))
            hashed.Clear();
        if (next == call.Arguments.Count)
        {
            if (options.Count > 0 && !Has('l'))
                return 0;
            if (hashed.Count == 0)
            {
                call.WriteLine("hash: hash table empty");
                return 0;
            }

            if (!Has('l'))
                call.WriteLine("hits\tcommand");
            foreach ((string name, (string path, int hits)) in hashed)
                call.WriteLine(Has('l') ? $"builtin hash -p {path} {name}" : $"{hits,4}\t{path}");
            return 0;
        }

        foreach (string name in call.Arguments.Skip(next))
        {
            if (options.LastOrDefault(o => o.Letter == 'p').Value is { } path)
            {
                hashed[name] = (path, 0);
            }
            else if (Has('t') && hashed.TryGetValue(name, out (string Path, int Hits) known))
            {
                call.WriteLine(call.Arguments.Count - next > 1 ? $"{name}\t{known.Path}" : known.Path);
            }
            else if (Has('d') && hashed.Remove(name))
            {
            }
            else if (!Has('t') && !Has('d') && (BuiltinTable.Find(name) is not null || call.Process.Functions.ContainsKey(name)))
            {
            }
            else if (!Has('t') && !Has('d') && CommandKinds.Paths(call.Process, name, all: false).FirstOrDefault() is { } found)
            {
                hashed[name] = (found, 0);
            }
            else
            {
                call.Complain($"{name}: not found");
                status = 1;
            }
        }

        return status;
    }
}

internal sealed class TimesBuiltin : IBuiltin
{
    public string Name => "times";

    public string Usage => "times";

    public bool IsSpecial => true;

    public int Run(BuiltinCall call)
    {
        // Time is not counted for each process: they share the threads of one.
        call.WriteLine("0m0.000s 0m0.000s\n0m0.000s 0m0.000s");
        return 0;
    }
}

internal sealed class HelpBuiltin : IBuiltin
{
    public string Name => "help";

    public string Usage => "help [-dms] [pattern ...]";

    public int Run(BuiltinCall call)
    {
        if (call.Options("dms", out int next, out int status) is null)
            return status;
        if (next == call.Arguments.Count)
        {
            foreach (string name in BuiltinTable.Names)
                call.WriteLine($" {BuiltinTable.Find(name)!.Usage}");
            return 0;
        }

        foreach (string name in call.Arguments.Skip(next))
        {
            if (BuiltinTable.Find(name) is { } builtin)
            {
                call.WriteLine($"{name}: {builtin.Usage}");
                continue;
            }

            call.Complain($"no help topics match `{name}'.  Try `help help' or `man -k {name}' or `info {name}'.");
            status = 1;
        }

        return status;
    }
}

/// <summary>Scripts keep no history; what is asked of it is empty.</summary>
