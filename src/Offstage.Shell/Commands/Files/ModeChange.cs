namespace Offstage.Shell.Commands.Files;

/// <summary>A mode as chmod reads it: <c>755</c>, <c>u+x,go-w</c>, <c>a=rX</c>.</summary>
internal sealed class ModeChange
{
    private readonly int octal = -1;
    private readonly List<Clause> clauses = [];

    private ModeChange(int octal) => this.octal = octal;

    /// <param name="Who">Bits of 4 2 1 for u g o; 0 for all but what the umask takes.</param>
    /// <param name="Copy">The class whose bits are copied; '\0' for none.</param>
    private sealed record Clause(int Who, char Operation, string Permissions, char Copy)
    {
        /// <summary>All bits as a number; -1 for none.</summary>
        public int Octal { get; init; } = -1;
    }

    /// <returns>Null when it is none.</returns>
    public static ModeChange? Parse(string text)
    {
        if (text.Length is > 0 and < 6 && text.AsSpan().IndexOfAnyExceptInRange('0', '7') < 0)
        {
            int value = Convert.ToInt32(text, 8);
            return value > 0xFFF ? null : new(value);
        }

        var mode = new ModeChange(-1);
        foreach (string part in text.Split(','))
        {
            int at = 0, who = 0;
            for (; at < part.Length && part[at] is 'u' or 'g' or 'o' or 'a'; at++) who |= part[at] switch { 'u' => 4, 'g' => 2, 'o' => 1, _ => 7 };
            if (at >= part.Length || part[at] is not ('+' or '-' or '=')) return null;
            while (at < part.Length && part[at] is '+' or '-' or '=')
            {
                char operation = part[at++];
                if (at < part.Length && part[at] is 'u' or 'g' or 'o')
                {
                    mode.clauses.Add(new(who, operation, "", part[at++]));
                    continue;
                }

                int start = at;
                if (who == 0 && at < part.Length && part[at] is >= '0' and <= '7')
                {
                    while (at < part.Length && part[at] is >= '0' and <= '7') at++;
                    if (at < part.Length || at - start > 5 || Convert.ToInt32(part[start..at], 8) is var digits && digits > 0xFFF) return null;
                    mode.clauses.Add(new(7, operation, "", '\0') { Octal = digits });
                    continue;
                }

                while (at < part.Length && part[at] is 'r' or 'w' or 'x' or 'X' or 's' or 't') at++;
                mode.clauses.Add(new(who, operation, part[start..at], '\0'));
            }

            if (at < part.Length) return null;
        }

        return mode;
    }

    public int Apply(int current, bool isDirectory, int umask)
    {
        // A number without a leading digit for them leaves a directory's set-id bits alone.
        if (octal >= 0) return isDirectory && octal < 512 ? octal | (current & 0b110_000_000_000) : octal;
        foreach (var clause in clauses)
        {
            if (clause.Octal >= 0)
            {
                current = clause.Operation switch { '+' => current | clause.Octal, '-' => current & ~clause.Octal, _ => clause.Octal };
                continue;
            }

            int mask = clause.Who == 0 ? 0b111_111_111 & ~umask : Mask(clause.Who);
            int bits = clause.Copy != '\0' ? Spread((current >> (clause.Copy == 'u' ? 6 : clause.Copy == 'g' ? 3 : 0)) & 7) : Bits(clause.Permissions, current, isDirectory);
            int who = clause.Who == 0 ? 7 : clause.Who;
            int special = clause.Copy == '\0' && clause.Permissions.Contains('s') ? ((who & 4) != 0 ? 0x800 : 0) | ((who & 2) != 0 ? 0x400 : 0) : 0;
            if (clause.Permissions.Contains('t')) special |= 0x200;
            current = clause.Operation switch
            {
                '+' => current | (bits & mask) | special,
                '-' => current & ~((bits & mask) | special),
                _ => (current & ~(Mask(who) | (isDirectory ? 0 : Special(who)))) | (bits & mask) | special,
            };
        }

        return current;
    }

    /// <summary>The set-id bits of classes: giving them other permissions takes these away.</summary>
    private static int Special(int who) => ((who & 4) != 0 ? 0x800 : 0) | ((who & 2) != 0 ? 0x400 : 0);

    /// <summary>As ls shows it, without the type.</summary>
    public static string Text(int mode)
    {
        char[] text = new char[9];
        for (int i = 0; i < 9; i++) text[i] = (mode & (256 >> i)) != 0 ? "rwx"[i % 3] : '-';
        if ((mode & 0x800) != 0) text[2] = text[2] == 'x' ? 's' : 'S';
        if ((mode & 0x400) != 0) text[5] = text[5] == 'x' ? 's' : 'S';
        if ((mode & 0x200) != 0) text[8] = text[8] == 'x' ? 't' : 'T';
        return new string(text);
    }

    public static char Type(FileKind kind) => kind switch
    {
        FileKind.Directory => 'd',
        FileKind.SymbolicLink => 'l',
        FileKind.CharacterDevice => 'c',
        FileKind.Pipe => 'p',
        _ => '-',
    };

    private static int Mask(int who) => ((who & 4) != 0 ? 0b111_000_000 : 0) | ((who & 2) != 0 ? 0b111_000 : 0) | ((who & 1) != 0 ? 0b111 : 0);

    private static int Spread(int bits) => (bits << 6) | (bits << 3) | bits;

    private static int Bits(string permissions, int current, bool isDirectory)
    {
        int bits = 0;
        foreach (char c in permissions)
        {
            bits |= c switch
            {
                'r' => 4,
                'w' => 2,
                'x' => 1,
                'X' => isDirectory || (current & 0b001_001_001) != 0 ? 1 : 0,
                _ => 0,
            };
        }

        return Spread(bits);
    }
}
