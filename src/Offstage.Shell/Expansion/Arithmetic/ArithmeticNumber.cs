namespace Offstage.Shell.Expansion;

/// <summary>Integer constants: decimal, <c>0</c> octal, <c>0x</c> hexadecimal, <c>base#digits</c> up to base 64.</summary>
internal static class ArithmeticNumber
{
    /// <param name="error">What is wrong; null when the answer is true.</param>
    public static bool TryParse(string token, out long value, out string? error)
    {
        value = 0;
        error = null;
        int @base = 10;
        int at = 0;
        int hash = token.IndexOf('#');
        if (hash >= 0)
        {
            @base = 0;
            for (at = 0; at < hash; at++)
            {
                if (!char.IsAsciiDigit(token[at]))
                    return Fail("value too great for base", out error);
                @base = Math.Min(1000, (@base * 10) + token[at] - '0');
            }

            if (@base is < 2 or > 64)
                return Fail("invalid arithmetic base", out error);
            at = hash + 1;
            if (at == token.Length)
                return Fail("invalid integer constant", out error);
        }
        else if (token.Length > 1 && token[0] == '0')
        {
            bool hex = token[1] is 'x' or 'X';
            @base = hex ? 16 : 8;
            at = hex ? 2 : 1;
        }

        for (; at < token.Length; at++)
        {
            int digit = Digit(token[at], @base);
            if (digit < 0 || digit >= @base)
                return Fail(token[at] == '#' ? "invalid number" : "value too great for base", out error);
            value = unchecked((value * @base) + digit);
        }

        return true;
    }

    private static bool Fail(string message, out string? error)
    {
        error = message;
        return false;
    }

    private static int Digit(char c, int @base) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'a' and <= 'z' => c - 'a' + 10,
        >= 'A' and <= 'Z' => @base <= 36 ? c - 'A' + 10 : c - 'A' + 36,
        '@' => 62,
        '_' => 63,
        _ => -1,
    };
}
