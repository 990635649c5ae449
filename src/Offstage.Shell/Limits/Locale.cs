namespace Offstage.Shell;

/// <summary>The little that the shell knows of locales: bytes, or UTF-8.</summary>
public static class Locale
{
    /// <param name="find">A variable's value; null when it is unset.</param>
    public static bool IsUtf8(Func<string, string?> find)
    {
        string? name = find("LC_ALL") is { Length: > 0 } all ? all : find("LC_CTYPE") is { Length: > 0 } type ? type : find("LANG");
        return name is not null && (name.EndsWith("UTF-8", StringComparison.OrdinalIgnoreCase) || name.EndsWith("utf8", StringComparison.OrdinalIgnoreCase));
    }
}
