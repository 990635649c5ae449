namespace Offstage.Shell.Execution;

/// <summary>Signals by number and name, as on Linux.</summary>
internal static class Signals
{
    public const int Hangup = 1;
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int BrokenPipe = 13;
    public const int Terminate = 15;
    public const int Child = 17;
    public const int Max = 64;

    private static readonly string[] Names =
    [
        "EXIT", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD",
        "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    /// <summary>The name without SIG; null for a number that is no signal.</summary>
    public static string? Name(int number) => number switch
    {
        >= 0 and < 32 => Names[number],
        34 => "RTMIN",
        64 => "RTMAX",
        > 34 and <= 49 => $"RTMIN+{number - 34}",
        > 49 and < 64 => $"RTMAX-{64 - number}",
        _ => null,
    };

    /// <summary>By number, or by name in any case with or without SIG; null when there is none.</summary>
    public static int? Find(string text)
    {
        if (int.TryParse(text, out int number))
            return number >= 0 && Name(number) is not null ? number : null;
        string name = text.ToUpperInvariant();
        name = name.StartsWith("SIG", StringComparison.Ordinal) ? name[3..] : name;
        for (int candidate = 0; candidate <= Max; candidate++)
        {
            if (Name(candidate) == name && (candidate != 0 || text.Length == 4))
                return candidate;
        }

        return null;
    }

    /// <summary>Whether a process without a trap goes on: child, continue, urgent, window and the stopping ones, which nothing here can resume.</summary>
    public static bool IsHarmless(int number) => number is 0 or Child or 18 or 19 or 20 or 21 or 22 or 23 or 28;
}
