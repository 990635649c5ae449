using System.Text;
using Offstage.Contracts;

namespace Offstage.Agents.Acp;

/// <summary>The turn that runs: the protocol names none, so it lasts from the prompt to the answer to it.</summary>
internal sealed class AcpTurn
{
    public const string PlanId = "plan";

    private const int MessagesMax = 4096;
    private const int TextCharsMax = 8 * 1024 * 1024;

    private readonly StringBuilder text = new();
    private int runs;

    /// <summary>The tool calls that are open.</summary>
    public Dictionary<string, AcpToolCall> Calls { get; } = new(StringComparer.Ordinal);

    /// <summary>The plan that is kept up to date; null before it is told.</summary>
    public ItemBody.Plan? Plan { get; set; }

    /// <summary>The plan that was presented for a person to accept.</summary>
    public string? Proposal { get; set; }

    /// <summary>What it said last, whole.</summary>
    public string? LastMessage { get; private set; }

    /// <summary>Null when no text is under way.</summary>
    public string? RunId { get; private set; }

    public string? RunKind { get; private set; }

    public string? RunMessage { get; private set; }

    /// <summary>The agent's own ids of its messages so far.</summary>
    public HashSet<string> Messages { get; } = new(StringComparer.Ordinal);

    public string NextId(string kind) => $"{kind}-{++runs}";

    public string BeginRun(string kind, string? message)
    {
        text.Clear();
        RunKind = kind;
        RunMessage = message;
        if (message is not null && Messages.Count < MessagesMax)
            Messages.Add(message);
        return RunId = NextId(kind);
    }

    public void Append(string piece) => text.Append(piece.AsSpan(0, Math.Min(piece.Length, TextCharsMax - text.Length)));

    public string EndRun()
    {
        string whole = text.ToString();
        if (RunKind == "message")
            LastMessage = whole;
        RunId = null;
        return whole;
    }
}
