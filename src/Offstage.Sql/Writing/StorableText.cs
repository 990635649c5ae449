namespace Offstage.Sql.Writing;

/// <summary>Text that both databases give back as it was: no NUL, no half of a surrogate pair.</summary>
internal static class StorableText
{
    /// <exception cref="StoreRejectedException">PostgreSQL refuses NUL and SQLite would replace half pairs silently; both refuse both.</exception>
    public static void Require(string? text, string what)
    {
        if (text is not null && IndexOfBad(text) is >= 0 and int at)
            throw new StoreRejectedException($"{what} holds a NUL character or half a surrogate pair at {at}; escape it before it is stored");
    }

    /// <summary>For text of others, such as error messages, where losing a character beats losing the fact.</summary>
    public static string Clean(string text)
    {
        if (IndexOfBad(text) < 0)
            return text;
        char[] clean = text.ToCharArray();
        for (int i = 0; i < clean.Length; i++)
        {
            if (char.IsHighSurrogate(clean[i]) && i + 1 < clean.Length && char.IsLowSurrogate(clean[i + 1]))
                i++;
            else if (clean[i] == '\0' || char.IsSurrogate(clean[i]))
                clean[i] = '\uFFFD';
        }

        return new string(clean);
    }

    private static int IndexOfBad(string text)
    {
        int nul = text.IndexOf('\0');
        if (nul >= 0)
            return nul;
        int from = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        for (int i = from; i >= 0 && i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (char.IsSurrogate(text[i]))
                return i;
        }

        return -1;
    }
}
