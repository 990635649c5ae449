namespace Offstage.Agents.Tests;

/// <summary>What can happen to what an agent said: lines lost, doubled, out of order, cut off, broken.</summary>
internal static class Disorder
{
    /// <param name="spoil">Makes a broken copy of a line.</param>
    public static void Bring<T>(List<T> lines, int changes, Random random, Func<T, T> spoil)
    {
        for (; changes > 0 && lines.Count > 1; changes--)
        {
            int at = random.Next(lines.Count);
            switch (random.Next(6))
            {
                case 0:
                    lines.RemoveAt(at);
                    break;
                case 1:
                    lines.Insert(random.Next(lines.Count), lines[at]);
                    break;
                case 2:
                    int to = random.Next(lines.Count);
                    (lines[at], lines[to]) = (lines[to], lines[at]);
                    break;
                case 3 when random.Next(4) == 0:
                    lines.RemoveRange(at, lines.Count - at);
                    break;
                default:
                    lines[at] = spoil(lines[at]);
                    break;
            }
        }
    }
}
