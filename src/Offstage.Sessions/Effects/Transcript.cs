using Offstage.Contracts;

namespace Offstage.Sessions.Effects;

/// <summary>Parts of a conversation up to a length: the beginning and the newest. What lies between is left out, and that is said.</summary>
internal sealed class Transcript
{
    private const int HeadMax = 15_000;
    private const int TailMax = 45_000;

    private readonly List<Part> head = [];
    private readonly LinkedList<Part> tail = new();
    private int headLength;
    private int tailLength;
    private int leftOut;
    private int turn = -1;

    /// <summary>Of the agent's plan as it was told last; null when there is none.</summary>
    public string? LastPlan { get; set; }

    /// <param name="checkpoint">The turn's number; null for one of an older version, which no revert takes back.</param>
    public void BeginTurn(CheckpointNumber? checkpoint) => turn = checkpoint?.Value ?? -1;

    /// <summary>What came so far is from the session this one goes on from: its numbers are not this one's.</summary>
    public void EndInherited()
    {
        for (int i = 0; i < head.Count; i++)
            head[i] = head[i] with { Turn = -1 };
        for (var node = tail.First; node is not null; node = node.Next)
            node.Value = node.Value with { Turn = -1 };
        turn = -1;
    }

    public void Add(string text)
    {
        if (tail.Count == 0 && headLength + text.Length <= HeadMax)
        {
            head.Add(new Part(turn, text));
            headLength += text.Length;
            return;
        }

        tail.AddLast(new Part(turn, text));
        tailLength += text.Length;
        while (tailLength > TailMax && tail.Count > 1)
        {
            tailLength -= tail.First!.Value.Text.Length;
            tail.RemoveFirst();
            leftOut++;
        }
    }

    /// <summary>The workspace went back to a checkpoint: the turns after it are forgotten.</summary>
    public void TakeBack(CheckpointNumber to)
    {
        while (tail.Last is { } last && last.Value.Turn > to.Value)
        {
            tailLength -= last.Value.Text.Length;
            tail.RemoveLast();
        }

        headLength -= head.Where(part => part.Turn > to.Value).Sum(part => part.Text.Length);
        head.RemoveAll(part => part.Turn > to.Value);
        LastPlan = null;
    }

    public string? ToText()
    {
        if (head.Count + tail.Count == 0)
            return null;
        IEnumerable<string> middle = leftOut == 0 ? [] : [$"({leftOut} parts are left out here.)"];
        IEnumerable<string> end = LastPlan is null ? [] : [LastPlan];
        return string.Join("\n\n", head.Select(p => p.Text).Concat(middle).Concat(tail.Select(p => p.Text)).Concat(end));
    }

    /// <param name="Turn">Its checkpoint's number; -1: never taken back.</param>
    private readonly record struct Part(int Turn, string Text);
}
