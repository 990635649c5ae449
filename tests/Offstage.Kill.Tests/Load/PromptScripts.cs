namespace Offstage.Kill.Tests.Load;

/// <summary>Prompts of every kind: quick, slow, talkative, asking, deaf, crashing. Each leaves its mark in the workspace once.</summary>
internal static class PromptScripts
{
    public const string MarksFile = "marks";

    public static string OfScript(string mark, Random random)
    {
        string leave = $"echo {mark} >> {MarksFile}";
        return random.Next(12) switch
        {
            0 or 1 or 2 => $"{leave}\n@items 5",
            3 or 4 => $"{leave}\nsleep 0.3\n@say all done",
            5 or 6 => $"@sleep 0.5\n{leave}\n@delta 20",
            7 => $"{leave}\n@sleep 2",
            8 => $"@ask May I?\n{leave}",
            9 => $"@approve {leave}",
            10 => random.Next(3) == 0 ? $"{leave}\n@hang" : $"{leave}\nsleep 5",
            _ => random.Next(3) == 0 ? $"{leave}\n@crash" : $"{leave}\nseq 1 2000",
        };
    }

    public static string OfCodex(string mark, Random random)
    {
        string leave = $"echo {mark} >> {MarksFile}";
        return random.Next(3) switch
        {
            0 => $"{leave}\n@say all done",
            1 => $"{leave}\n@sleep 1\n@delta 20",
            _ => $"@reason first think\n{leave}\n@sleep 0.2",
        };
    }
}
