namespace Offstage.Shell.Tests;

/// <summary>How much a random test tries. Every run of the suite tries the same; a longer one, asked for by its size, tries what is new.</summary>
internal static class Seeds
{
    private const int Usual = 20_261;

    /// <param name="variable">Name of the environment variable that holds the size; with <c>_SEED</c> behind it that of the seed.</param>
    public static (int Count, int Seed) Of(string variable, int usualCount)
    {
        int? count = Number(variable);
        return (count ?? usualCount, Number(variable + "_SEED") ?? (count is null ? Usual : Random.Shared.Next()));
    }

    private static int? Number(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), out int number) ? number : null;
}
