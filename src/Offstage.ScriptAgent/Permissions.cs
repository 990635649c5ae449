using Offstage.Contracts;

namespace Offstage.ScriptAgent;

/// <summary>What a mode lets the script do, and what a person allowed for good.</summary>
internal sealed class Permissions
{
    private readonly HashSet<string> allowed = new(StringComparer.Ordinal);

    /// <param name="what">What a person would be asked to allow: a command line, or the name of a file.</param>
    public Verdict Of(AgentMode mode, bool isChange, string what) => mode switch
    {
        AgentMode.Plan => Verdict.Refused,
        AgentMode.Auto => Verdict.Free,
        AgentMode.Edit when isChange => Verdict.Free,
        _ => allowed.Contains(what) ? Verdict.Free : Verdict.Ask,
    };

    public void Remember(string what) => allowed.Add(what);
}

internal enum Verdict
{
    Free,
    Ask,
    Refused,
}
