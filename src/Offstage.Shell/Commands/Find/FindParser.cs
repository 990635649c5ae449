using Offstage.Shell.Commands.Files;
using Offstage.Shell.Commands.Text;
using Offstage.Shell.Commands.Time;
using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Find;

/// <summary>Reads the arguments of find behind its starting points.</summary>
internal sealed class FindParser(CommandContext context, IReadOnlyList<string> arguments, int start)
{
    private const int DepthMax = 500;

    private int at = start;
    private int depth;
    private RegexSyntax regexSyntax = RegexSyntax.Emacs;
    private bool daysFromMidnight;

    public int MinDepth { get; private set; }

    public int MaxDepth { get; private set; } = int.MaxValue;

    public bool DepthFirst { get; private set; }

    public bool HasAction { get; private set; }

    public bool Follow { get; private set; }

    public List<(OutputWriter Writer, FileDescription File)> Opened { get; } = [];

    public FindNode Parse()
    {
        if (at >= arguments.Count) return new FindNode.Constant(true);
        var node = List();
        if (at < arguments.Count) throw Error(arguments[at] == ")" ? "you have too many ')'" : $"paths must precede expression: `{arguments[at]}'");
        return node;
    }

    private static CommandFailedException Error(string message) => new(message);

    private FindNode List()
    {
        var left = Or();
        while (Take(","))
        {
            left = new FindNode.List(left, Or());
        }

        return left;
    }

    private FindNode Or()
    {
        if (++depth > DepthMax) throw Error("expression nested too deeply");
        var left = And();
        while (Take("-o") || Take("-or")) left = new FindNode.Or(left, And());
        depth--;
        return left;
    }

    private FindNode And()
    {
        var left = Not();
        while (at < arguments.Count && arguments[at] is not ("-o" or "-or" or ")" or ","))
        {
            if (!Take("-a")) Take("-and");
            left = new FindNode.And(left, Not());
        }

        return left;
    }

    private FindNode Not()
    {
        if (!Take("!") && !Take("-not")) return Primary();
        if (at >= arguments.Count) throw Error($"expected an expression after '{arguments[at - 1]}'");
        return new FindNode.Not(Not());
    }

    private bool Take(string word)
    {
        if (at >= arguments.Count || arguments[at] != word) return false;
        at++;
        return true;
    }

    private string Argument(string name) => at < arguments.Count ? arguments[at++] : throw Error($"missing argument to `{name}'");

    private FindNode Primary()
    {
        if (at >= arguments.Count) throw Error($"expected an expression after '{arguments[^1]}'");
        string word = arguments[at++];
        if (word == "(")
        {
            if (at >= arguments.Count) throw Error("invalid expression; expected to find a ')' but didn't see one. Perhaps you need an extra predicate after '('");
            if (arguments[at] == ")") throw Error("invalid expression; empty parentheses are not allowed.");
            var inner = List();
            if (!Take(")")) throw Error("invalid expression; I was expecting to find a ')' somewhere but did not see one.");
            return inner;
        }

        if (word is "-o" or "-or" or "-a" or "-and") throw Error($"invalid expression; you have used a binary operator '{word}' with nothing before it.");
        if (!word.StartsWith('-')) throw Error($"paths must precede expression: `{word}'");
        return Test(word) ?? Action(word) ?? Option(word) ?? throw Error($"unknown predicate `{word}'");
    }

    private FindNode? Test(string word)
    {
        switch (word)
        {
            case "-true": return new FindNode.Constant(true);
            case "-false": return new FindNode.Constant(false);
            case "-name": return new FindNode.Name(Argument(word), false);
            case "-iname": return new FindNode.Name(Argument(word), true);
            case "-path" or "-wholename": return new FindNode.Path(Argument(word), false);
            case "-ipath" or "-iwholename": return new FindNode.Path(Argument(word), true);
            case "-lname": return new FindNode.LinkName(Argument(word), false);
            case "-ilname": return new FindNode.LinkName(Argument(word), true);
            case "-regex" or "-iregex": return Regex(word);
            case "-type" or "-xtype": return Kind(word);
            case "-size": return Size(word);
            case "-empty": return new FindNode.Empty();
            case "-perm": return Permissions(word);
            case "-links":
                var (linkSign, links) = Number(word);
                return new FindNode.Links(linkSign, (long)links);
            case "-inum":
                var (inodeSign, inode) = Number(word);
                return new FindNode.Inode(inodeSign, (long)inode);
            case "-samefile":
                var same = Stat(Argument(word));
                return new FindNode.SameFile(same.Inode, same.Device);
            case "-newer" or "-anewer" or "-cnewer":
                return new FindNode.Newer(word == "-newer" ? 'm' : word[1], Stat(Argument(word)).ModifiedAt);
            case "-mtime" or "-atime" or "-ctime":
                var (daySign, days) = Number(word);
                return new FindNode.Age(word[1], daySign, days, TimeSpan.FromDays(1));
            case "-mmin" or "-amin" or "-cmin":
                var (minuteSign, minutes) = Number(word);
                return new FindNode.Age(word[1], minuteSign, minutes, TimeSpan.FromMinutes(1));
            case "-readable": return new FindNode.Access(4);
            case "-writable": return new FindNode.Access(2);
            case "-executable": return new FindNode.Access(1);
            case "-user" or "-group" or "-uid" or "-gid":
                string owner = Argument(word);
                return new FindNode.Constant(owner is "root" or "0");
            case "-nouser" or "-nogroup": return new FindNode.Constant(false);
            case "-fstype":
                Argument(word);
                return new FindNode.Constant(true);
        }

        if (word.StartsWith("-newer", StringComparison.Ordinal) && word.Length == 8 && word[6] is 'a' or 'c' or 'm')
        {
            string than = Argument(word);
            if (word[7] == 't') return new FindNode.Newer(word[6], DateText.TryParse(than, context.Time.GetUtcNow(), TimeZones.Of(context), out var time) ? time : throw Error($"I cannot figure out how to interpret {Latin.Quote(than)} as a date or time"));
            var status = Stat(than);
            return new FindNode.Newer(word[6], word[7] switch { 'a' => status.AccessedAt, 'c' => status.ChangedAt, _ => status.ModifiedAt });
        }

        return null;
    }

    private FindNode? Action(string word)
    {
        switch (word)
        {
            case "-prune":
                return new FindNode.Prune();
            case "-quit":
                return new FindNode.Quit();
        }

        FindNode? action = word switch
        {
            "-print" => new FindNode.Print("%p\n", null),
            "-print0" => new FindNode.Print("%p\0", null),
            "-printf" => new FindNode.Print(Argument(word), null),
            "-ls" => new FindNode.Print("%9i %6k %M %3n %-8u %-8g %8s %Tb %Td %TH:%TM %p%L\n", null),
            "-fprint" => new FindNode.Print("%p\n", Open(Argument(word))),
            "-fprint0" => new FindNode.Print("%p\0", Open(Argument(word))),
            "-fprintf" => FilePrintf(word),
            "-delete" => new FindNode.Delete(),
            "-exec" or "-execdir" or "-ok" or "-okdir" => Execute(word),
            _ => null,
        };
        if (action is null) return null;
        HasAction = true;
        if (action is FindNode.Delete) DepthFirst = true;
        return action;
    }

    private FindNode? Option(string word)
    {
        switch (word)
        {
            case "-maxdepth" or "-mindepth":
                string text = Argument(word);
                if (!int.TryParse(text, System.Globalization.NumberStyles.None, null, out int depthLimit)) throw Error($"Expected a positive decimal integer argument to {word}, but got {Latin.Quote(text)}");
                if (word == "-maxdepth") MaxDepth = depthLimit;
                else MinDepth = depthLimit;
                return new FindNode.Constant(true);
            case "-depth" or "-d":
                DepthFirst = true;
                return new FindNode.Constant(true);
            case "-follow":
                Follow = true;
                return new FindNode.Constant(true);
            case "-daystart":
                daysFromMidnight = true;
                _ = daysFromMidnight;
                return new FindNode.Constant(true);
            case "-mount" or "-xdev" or "-noleaf" or "-warn" or "-nowarn" or "-ignore_readdir_race" or "-noignore_readdir_race":
                return new FindNode.Constant(true);
            case "-regextype":
                string name = Argument(word);
                regexSyntax = name switch
                {
                    "emacs" or "findutils-default" => RegexSyntax.Emacs,
                    "posix-basic" or "grep" or "sed" or "ed" => RegexSyntax.Basic,
                    "posix-extended" or "posix-egrep" or "egrep" or "awk" or "gnu-awk" or "posix-awk" or "posix-minimal-basic" => RegexSyntax.Egrep,
                    _ => throw Error($"Unknown regular expression type {Latin.Quote(name)}"),
                };
                return new FindNode.Constant(true);
            default:
                return null;
        }
    }

    private FindNode.Print FilePrintf(string word)
    {
        var target = Open(Argument(word));
        return new(Argument(word), target);
    }

    private OutputWriter Open(string path)
    {
        if (path == "/dev/stdout") return context.Output;
        var error = context.Open(path, FileOpening.Write | FileOpening.Create | FileOpening.Truncate, out var file);
        if (file is null) throw Error($"{Latin.Quote(path)}: {error.Message()}");
        var writer = context.Writer(file);
        Opened.Add((writer, file));
        return writer;
    }

    private FindNode.Regex Regex(string word)
    {
        string pattern = Argument(word);
        try
        {
            var options = (word == "-iregex" ? PosixRegexOptions.IgnoreCase : 0) | (context.IsUtf8 ? PosixRegexOptions.Utf8 : 0);
            return new(PosixRegex.CompileAny([Latin.Bytes(pattern)], regexSyntax, options, AssertionKind.TextStart, AssertionKind.TextEnd));
        }
        catch (PosixRegexException error)
        {
            throw Error($"failed to compile regular expression '{pattern}': {error.Message}");
        }
    }

    private FindNode.Kind Kind(string word)
    {
        string kinds = Argument(word);
        string letters = kinds.Replace(",", "", StringComparison.Ordinal);
        if (letters.Length == 0 || letters.Any(c => !"bcdpflsD".Contains(c, StringComparison.Ordinal))) throw Error($"Unknown argument to {word}: {kinds.FirstOrDefault(c => !"bcdpflsD,".Contains(c, StringComparison.Ordinal))}");
        return new(letters, word == "-xtype");
    }

    private FindNode.Size Size(string word)
    {
        string text = Argument(word);
        int sign = text.StartsWith('+') ? 1 : text.StartsWith('-') ? -1 : 0;
        string number = text.TrimStart('+', '-');
        long unit = number.Length > 0 ? number[^1] switch { 'c' => 1, 'w' => 2, 'k' => 1024, 'M' => 1 << 20, 'G' => 1 << 30, _ => 512 } : 512;
        if (number.Length > 0 && char.IsAsciiLetter(number[^1]) && number[^1] is 'b' or 'c' or 'w' or 'k' or 'M' or 'G') number = number[..^1];
        return long.TryParse(number, System.Globalization.NumberStyles.None, null, out long count) ? new(sign, count, unit) : throw Error($"Invalid argument `{text}' to -size");
    }

    private FindNode.Permissions Permissions(string word)
    {
        string text = Argument(word);
        char match = text.StartsWith('-') ? '-' : text.StartsWith('/') ? '/' : '=';
        var mode = ModeChange.Parse(match == '=' ? text : text[1..]) ?? throw Error($"invalid mode {Latin.Quote(text)}");
        return new(match, mode.Apply(0, isDirectory: false, 0));
    }

    private (int Sign, double Count) Number(string word)
    {
        string text = Argument(word);
        int sign = text.StartsWith('+') ? 1 : text.StartsWith('-') ? -1 : 0;
        double value = CNumber.Prefix(text.TrimStart('+', '-'), out int length);
        return length > 0 && length == text.TrimStart('+', '-').Length ? (sign, value) : throw Error($"invalid argument `{text}' to `{word}'");
    }

    private FileStatus Stat(string path)
    {
        var error = context.Files.Stat(context.Resolve(path), followLinks: true, out var status);
        return error == FileError.None ? status : throw Error($"{Latin.Quote(path)}: {error.Message()}");
    }

    private FindNode.Execute Execute(string word)
    {
        var command = new List<string>();
        while (true)
        {
            if (at >= arguments.Count) throw Error($"missing argument to `{word}'");
            string argument = arguments[at++];
            if (argument == ";") return command.Count == 0 ? throw Error($"missing argument to `{word}'") : new(command, Batch: false, word is "-execdir" or "-okdir", word is "-ok" or "-okdir");
            if (argument == "+" && word is ("-exec" or "-execdir") && command.Count > 0 && command[^1] == "{}")
            {
                command.RemoveAt(command.Count - 1);
                return new(command, Batch: true, word == "-execdir", Asks: false);
            }

            command.Add(argument);
        }
    }
}
