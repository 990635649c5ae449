namespace Offstage.Shell;

/// <summary>The options and operands of one call.</summary>
public sealed class ParsedOptions(IReadOnlyList<GivenOption> given, List<string> operands)
{
    /// <summary>In the order in which they were given.</summary>
    public IReadOnlyList<GivenOption> Given => given;

    /// <summary>What is no option.</summary>
    public List<string> Operands => operands;

    public bool Has(char letter) => Has(letter.ToString());

    public bool Has(string key) => given.Any(g => g.Key == key);

    /// <summary>The last value given; null when the option was not given or has none.</summary>
    public string? Value(char letter) => Value(letter.ToString());

    public string? Value(string key) => given.LastOrDefault(g => g.Key == key).Value;

    public IEnumerable<string> Values(char letter) => given.Where(g => g.Key == letter.ToString()).Select(g => g.Value!);

    /// <summary>Which of several options was given last; null for none. For those that override each other.</summary>
    public string? Last(params ReadOnlySpan<string> keys)
    {
        for (int i = given.Count - 1; i >= 0; i--)
        {
            if (keys.Contains(given[i].Key))
                return given[i].Key;
        }

        return null;
    }
}
