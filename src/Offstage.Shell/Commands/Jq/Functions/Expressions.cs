using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Jq;

/// <summary>Regular expressions: .NET's own, which are near to Oniguruma's, with a limit of time.</summary>
internal static class Expressions
{
    private const int CachedMax = 256;
    private static readonly TimeSpan matchTimeout = TimeSpan.FromSeconds(2);
    private static readonly ConcurrentDictionary<(string Pattern, RegexOptions Options), Compiled> cache = new();

    /// <summary>The matches of <c>match</c>, or for <paramref name="testOnly"/> whether there is one.</summary>
    public static JsonValue? Match(JqRun run, JsonValue input, JsonValue pattern, JsonValue flags, bool testOnly)
    {
        if (input is not JsonString text) return run.Fail($"{ErrorText.Of(input)} cannot be matched, as it is not a string");
        if (pattern is not JsonString source) return run.Fail($"{ErrorText.Of(pattern)} cannot be matched, as it is not a string");
        if (!(flags.IsNull || flags is JsonString)) return run.Fail($"{ErrorText.Of(flags)} is not a string");
        var options = RegexOptions.CultureInvariant;
        bool global = false, skipEmpty = false;
        foreach (char flag in flags is JsonString f ? f.Value : "")
        {
            switch (flag)
            {
                case 'g': global = true; break;
                case 'i': options |= RegexOptions.IgnoreCase; break;
                case 'x': options |= RegexOptions.IgnorePatternWhitespace; break;
                case 's' or 'p': options |= RegexOptions.Singleline; break;
                case 'n': skipEmpty = true; break;
                case 'l': break;
                default: return run.Fail($"{((JsonString)flags).Value} is not a valid modifier string");
            }
        }

        try
        {
            Compiled compiled = Get(source.Value, options);
            if (testOnly) return JsonValue.Of(compiled.Regex.Match(text.Value, 0, run.Interruption).Success);
            var found = new List<JsonValue>();
            int counted = 0, points = 0;
            for (Match match = compiled.Regex.Match(text.Value, 0, run.Interruption); match.Success; match = compiled.Regex.MatchNext(text.Value, match, run.Interruption))
            {
                run.Step();
                if (match.Length == 0 && skipEmpty) continue;
                points += CodePoints.Length(text.Value.AsSpan(counted, match.Index - counted));
                counted = match.Index;
                found.Add(Describe(compiled, match, text.Value, points));
                if (!global) break;
            }

            return JsonArray.Of(found);
        }
        catch (RegexMatchTimeoutException)
        {
            return run.Fail($"{source.Value} (at offset 0) took too long to match");
        }
        catch (ArgumentException error)
        {
            return run.Fail($"{source.Value} (at offset 0) is not a valid regex: {error.Message}");
        }
    }

    private static JsonObject Describe(Compiled compiled, Match match, string text, int offset)
    {
        JsonValue[] captures = new JsonValue[compiled.Groups.Length];
        for (int i = 0; i < captures.Length; i++)
        {
            var (number, name) = compiled.Groups[i];
            System.Text.RegularExpressions.Group group = name is null ? match.Groups[number] : match.Groups[name];
            int start = !group.Success ? -1 : group.Index >= match.Index
                ? offset + CodePoints.Length(text.AsSpan(match.Index, group.Index - match.Index))
                : CodePoints.Length(text.AsSpan(0, group.Index));
            captures[i] = JsonObject.Own(
                ["offset", "length", "string", "name"],
                [JsonValue.Of(start), JsonValue.Of(group.Success ? CodePoints.Length(group.ValueSpan) : 0), group.Success ? JsonValue.Of(group.Value) : JsonValue.Null, name is null ? JsonValue.Null : JsonValue.Of(name)],
                4);
        }

        return JsonObject.Own(
            ["offset", "length", "string", "captures"],
            [JsonValue.Of(offset), JsonValue.Of(CodePoints.Length(match.ValueSpan)), JsonValue.Of(match.Value), JsonArray.Own(captures)],
            4);
    }

    private static Compiled Get(string pattern, RegexOptions options)
    {
        if (cache.TryGetValue((pattern, options), out Compiled? known)) return known;
        string translated = Translate(pattern, out (int, string?)[] groups);
        var compiled = new Compiled(new PerlRegex(translated, options, matchTimeout), groups);
        if (cache.Count >= CachedMax) cache.Clear();
        return cache[(pattern, options)] = compiled;
    }

    /// <summary>Rewrites what .NET says otherwise, and tells the groups in the order in which they open.</summary>
    private static string Translate(string pattern, out (int Number, string? Name)[] groups)
    {
        var result = new StringBuilder();
        var found = new List<(int, string?)>();
        int unnamed = 0;
        bool inSet = false;
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                char next = pattern[++i];
                result.Append(next switch
                {
                    'h' => inSet ? "0-9a-fA-F" : "[0-9a-fA-F]",
                    'H' when !inSet => "[^0-9a-fA-F]",
                    'R' when !inSet => "(?>\\r\\n|[\\n-\\r\\x85\\u2028\\u2029])",
                    _ => "\\" + next,
                });
                continue;
            }

            if (inSet)
            {
                if (c == '[' && i + 1 < pattern.Length && pattern[i + 1] == ':' && pattern.IndexOf(":]", i, StringComparison.Ordinal) is > 0 and var close)
                {
                    result.Append(Class(pattern[(i + 2)..close]));
                    i = close + 1;
                    continue;
                }

                if (c == ']') inSet = false;
                result.Append(c == '[' ? "\\[" : c.ToString());
                continue;
            }

            if (c == '[')
            {
                inSet = true;
                result.Append(c);
                if (i + 1 < pattern.Length && pattern[i + 1] == '^') result.Append(pattern[++i]);
                if (i + 1 < pattern.Length && pattern[i + 1] == ']')
                {
                    result.Append("\\]");
                    i++;
                }

                continue;
            }

            if (c == '(')
            {
                if (i + 1 >= pattern.Length || pattern[i + 1] != '?') found.Add((++unnamed, null));
                else if (i + 3 < pattern.Length && pattern[i + 2] == '<' && pattern[i + 3] is not ('=' or '!') && pattern.IndexOf('>', i) is > 0 and var end) found.Add((0, pattern[(i + 3)..end]));
            }

            // A possessive repetition gives nothing back; without that the same texts match, only later, or a few more.
            if (c == '+' && i > 0 && pattern[i - 1] is '+' or '*' or '?' or '}' && !(i > 1 && pattern[i - 2] == '\\')) continue;
            result.Append(c);
        }

        groups = [.. found];
        return result.ToString();
    }

    private static string Class(string name) => name switch
    {
        "alpha" => "\\p{L}\\p{M}",
        "digit" => "\\d",
        "alnum" => "\\p{L}\\p{M}\\p{Nd}",
        "upper" => "\\p{Lu}",
        "lower" => "\\p{Ll}",
        "space" => "\\s",
        "blank" => " \\t",
        "xdigit" => "0-9A-Fa-f",
        "word" => "\\w",
        "punct" => "\\p{P}\\p{S}",
        "cntrl" => "\\p{Cc}",
        "print" => "\\x20-\\x7e\\u00a0-\\uffff",
        "graph" => "\\x21-\\x7e\\u00a1-\\uffff",
        "ascii" => "\\x00-\\x7f",
        _ => "",
    };

    private sealed record Compiled(PerlRegex Regex, (int Number, string? Name)[] Groups);
}
