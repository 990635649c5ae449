using System.Globalization;

namespace Offstage.Simulation.Tests.Scheduling;

/// <summary>What happened, in order. The last lines are kept for people; all of them go into a hash, so that two runs can be compared.</summary>
internal sealed class Trace(Func<DateTimeOffset> now, int linesMax)
{
    private const ulong Prime = 1099511628211;

    private readonly Queue<(DateTimeOffset At, string Who, string What)> lines = new();

    public ulong Hash { get; private set; } = 14695981039346656037;

    public long Count { get; private set; }

    public void Add(string who, string what)
    {
        var at = now();
        Mix((ulong)at.Ticks);
        foreach (char c in who)
            Mix(c);
        foreach (char c in what)
            Mix(c);
        Count++;
        lines.Enqueue((at, who, what));
        if (lines.Count > linesMax)
            lines.Dequeue();
    }

    public void Mix(ulong value) => Hash = (Hash ^ value) * Prime;

    public override string ToString()
        => string.Join('\n', lines.Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.At:dd HH:mm:ss.fff} {l.Who,-9} {l.What}")));
}
