using System.Buffers;

namespace Offstage.Shell.RegularExpressions;

/// <summary>Finds what the groups of a match took, once its ends are known; and whole matches, where back-references are in it.</summary>
internal sealed class Backtracker(NfaProgram program, int groupCount)
{
    /// <summary>Pairs of instruction and position of one search without back-references: 32 MB of bits.</summary>
    private const long PairsMax = 1L << 28;

    /// <summary>Steps of one search with back-references. No bound in memory is needed: the memo is part of it.</summary>
    private const int StepsMax = 20_000_000;

    private const int MemoMax = 2_000_000;

    private readonly int[] slots = new int[2 * (groupCount + 1)];
    private readonly Stack<(int Instruction, int Position, int OldValue)> stack = new();
    private readonly int[] referenced = [.. program.Instructions.Where(i => i.Operation == NfaOperation.BackReference).Select(i => i.Y).Distinct()];

    /// <summary>Sets the groups of the match from <paramref name="start"/> to <paramref name="end"/>, which must be one.</summary>
    /// <remarks>As in GNU's library: the first alternative that leads to the match's end is taken, a repetition takes what it can.</remarks>
    public void Groups(ReadOnlySpan<byte> text, int start, int end, Span<Group> groups, CancellationToken cancellationToken)
    {
        long pairs = (long)program.Instructions.Length * (end - start + 1);
        if (pairs > PairsMax) throw PosixRegexException.MemoryExhausted();
        int words = (int)((pairs + 63) / 64);
        ulong[] seen = ArrayPool<ulong>.Shared.Rent(words);
        seen.AsSpan(0, words).Clear();
        try
        {
            Walk(text, start, end, seen, cancellationToken);
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(seen);
        }

        Report(start, end, slots, groups);
    }

    /// <summary>The end of the longest match from <paramref name="start"/> on, or -1.</summary>
    public int LongestFrom(ReadOnlySpan<byte> text, int start, bool ignoreCase, Span<Group> groups, CancellationToken cancellationToken)
    {
        int best = -1;
        int[] bestSlots = new int[slots.Length];
        var memo = new HashSet<MemoKey>();
        int steps = 0;
        Begin(start);
        while (stack.TryPop(out var top))
        {
            var (at, position, old) = top;
            if (at < 0)
            {
                slots[~at] = old;
                continue;
            }

            while (true)
            {
                if ((++steps & 0xFFF) == 0) cancellationToken.ThrowIfCancellationRequested();
                if (steps > StepsMax || memo.Count > MemoMax) throw PosixRegexException.MemoryExhausted();
                var (operation, x, y) = program.Instructions[at];
                if (operation == NfaOperation.Match)
                {
                    if (position > best)
                    {
                        best = position;
                        slots.CopyTo(bestSlots, 0);
                    }

                    if (best == text.Length) stack.Clear();
                    break;
                }

                if (operation == NfaOperation.Split)
                {
                    if (!memo.Add(Key(at, position))) break;
                    stack.Push((y, position, 0));
                    at = x;
                }
                else if (operation == NfaOperation.BackReference)
                {
                    int from = slots[2 * y], length = slots[(2 * y) + 1] - from;
                    if (from < 0 || length < 0 || length > text.Length - position) break;
                    if (!Same(text.Slice(from, length), text.Slice(position, length), ignoreCase)) break;
                    position += length;
                    at = x;
                }
                else if (!Advance(text, text.Length, ref at, ref position))
                {
                    break;
                }
            }
        }

        if (best >= 0) Report(start, best, bestSlots, groups);
        return best;
    }

    private void Walk(ReadOnlySpan<byte> text, int start, int end, ulong[] seen, CancellationToken cancellationToken)
    {
        int width = end - start + 1;
        int steps = 0;
        Begin(start);
        while (stack.TryPop(out var top))
        {
            var (at, position, old) = top;
            if (at < 0)
            {
                slots[~at] = old;
                continue;
            }

            while (true)
            {
                if ((++steps & 0xFFFF) == 0) cancellationToken.ThrowIfCancellationRequested();
                var (operation, x, y) = program.Instructions[at];
                if (operation == NfaOperation.Match)
                {
                    if (position == end) return;
                    break;
                }

                if (operation == NfaOperation.Split)
                {
                    long pair = ((long)at * width) + position - start;
                    ulong bit = 1UL << (int)(pair & 63);
                    if ((seen[pair >> 6] & bit) != 0) break;
                    seen[pair >> 6] |= bit;
                    stack.Push((y, position, 0));
                    at = x;
                }
                else if (!Advance(text, end, ref at, ref position))
                {
                    break;
                }
            }
        }

        throw new InvalidOperationException("A match that the automaton found has no way through its program");
    }

    private void Begin(int start)
    {
        Array.Fill(slots, -1);
        stack.Clear();
        stack.Push((program.Start, start, 0));
    }

    private bool Advance(ReadOnlySpan<byte> text, int end, ref int at, ref int position)
    {
        var (operation, x, y) = program.Instructions[at];
        switch (operation)
        {
            case NfaOperation.Bytes:
                if (position >= end || !program.Sets[y].Contains(text[position])) return false;
                position++;
                break;
            case NfaOperation.Save:
                stack.Push((~y, position, slots[y]));
                slots[y] = position;
                break;
            case NfaOperation.Assert:
                var left = Assertions.LeftOf(text, position, program.Utf8);
                var right = Assertions.RightOf(text, position, program.Utf8);
                if (!Assertions.Hold((AssertionKind)y, left, right, program.Multiline)) return false;
                break;
        }

        at = x;
        return true;
    }

    private MemoKey Key(int at, int position)
    {
        long first = 0, second = 0;
        var rest = default(HashCode);
        for (int i = 0; i < referenced.Length; i++)
        {
            long span = ((long)slots[2 * referenced[i]] << 32) | (uint)slots[(2 * referenced[i]) + 1];
            if (i == 0) first = span;
            else if (i == 1) second = span;
            else rest.Add(span);
        }

        // More than two referenced groups share a hash: a collision could only drop an alternative, so they are kept apart by depth of the stack.
        return new(at, position, first, second, referenced.Length > 2 ? ((long)rest.ToHashCode() << 20) ^ stack.Count : 0);
    }

    private static bool Same(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, bool ignoreCase)
        => ignoreCase ? System.Text.Ascii.EqualsIgnoreCase(a, b) || a.SequenceEqual(b) : a.SequenceEqual(b);

    private static void Report(int start, int end, int[] slots, Span<Group> groups)
    {
        for (int i = 0; i < groups.Length; i++)
        {
            groups[i] = i == 0 ? new Group(start, end)
                : (2 * i) + 1 < slots.Length && slots[2 * i] >= 0 && slots[(2 * i) + 1] >= 0 ? new Group(slots[2 * i], slots[(2 * i) + 1])
                : Group.Absent;
        }
    }

    private readonly record struct MemoKey(int At, int Position, long First, long Second, long Rest);
}
