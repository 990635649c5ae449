namespace Offstage.Shells;

/// <summary>What follows the script of <c>offstage sh</c> belongs to the script, dashes and all.</summary>
internal static class ShArguments
{
    private static readonly string[] WithValue = ["-c", "--import", "--export", "--timeout"];

    /// <summary>Puts <c>--</c> before the script's own words; other commands stay as they are.</summary>
    public static string[] Separate(string[] args)
    {
        int at = Array.FindIndex(args, arg => !arg.StartsWith('-'));
        if (at < 0 || args[at] != "sh")
            return args;
        for (at++; at < args.Length; at++)
        {
            if (args[at] == "--")
                return args;
            if (WithValue.Contains(args[at]))
                at++;
            else if (!args[at].StartsWith('-') || args[at] == "-")
                return [.. args[..at], "--", .. args[at..]];
        }

        return args;
    }
}
