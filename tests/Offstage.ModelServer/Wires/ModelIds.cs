namespace Offstage.ModelServer.Wires;

/// <summary>Ids are unique over all answers: agents keep them in their history.</summary>
internal static class ModelIds
{
    private static long last;

    public static string Next(string prefix) => $"{prefix}_{Interlocked.Increment(ref last)}";
}
