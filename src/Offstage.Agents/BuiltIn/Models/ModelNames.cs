namespace Offstage.Agents.BuiltIn.Models;

internal static class ModelNames
{
    /// <summary>Who an answer came from: what it thought can be shown only to the same.</summary>
    public static string Answerer(BuiltInWire wire, string model) => $"{wire}/{model}";
}
