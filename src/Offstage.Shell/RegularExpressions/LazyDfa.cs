using System.Runtime.CompilerServices;

namespace Offstage.Shell.RegularExpressions;

/// <summary>
/// A deterministic automaton that is built while it reads: each state is a set of the program's instructions, made when first
/// reached. States are forgotten, all at once, when they take more than their bound. Not for several threads.
/// </summary>
/// <remarks>
/// A state knows of a match one byte late: whether an assertion such as <c>$</c> holds depends on the byte that follows, so the
/// step over that byte tells whether a match ended before it.
/// </remarks>
internal sealed class LazyDfa
{
    private const int Unknown = 0;
    private const int MatchedFlag = 1 << 28;
    private const int Dead = 1 << 30;
    private const int OffsetMask = MatchedFlag - 1;

    /// <summary>Numbers held in states and in the table, together: 8 MB.</summary>
    private const int NumbersMax = 2_000_000;

    /// <summary>Bytes read between two looks at the cancellation: below a millisecond.</summary>
    private const int Stretch = 1 << 16;

    private readonly NfaProgram program;
    private readonly bool unanchored;
    private readonly bool reversed;
    private readonly int terminator;
    private readonly byte[] classOf = new byte[256];
    private readonly byte[] representatives;
    private readonly int classes;
    private readonly int stride;
    private readonly List<State> states = [];
    private readonly Dictionary<State, int> numbers = [];
    private readonly int[] starts = new int[8];
    private readonly SparseSet closure;
    private readonly SparseSet successors;
    private readonly Stack<int> pending = new();
    private int[] table;
    private int held;

    /// <param name="terminator">A byte at which the text ends and begins again, as a line does; -1 for none.</param>
    public LazyDfa(NfaProgram program, bool unanchored, bool reversed = false, int terminator = -1)
    {
        (this.program, this.unanchored, this.reversed, this.terminator) = (program, unanchored, reversed, terminator);
        representatives = Classify();
        classes = representatives.Length;
        stride = classes + 1;
        closure = new SparseSet(program.Instructions.Length);
        successors = new SparseSet(program.Instructions.Length);
        table = new int[stride * 16];
        Forget();
    }

    /// <summary>The end of the longest match that begins at <paramref name="start"/>, or -1.</summary>
    /// <param name="work">Grows by the bytes read.</param>
    public int LongestFrom(ReadOnlySpan<byte> text, int start, ref long work, CancellationToken cancellationToken)
    {
        int state = StartState(Assertions.LeftOf(text, start, program.Utf8));
        int last = -1;
        int i = start;
        int pause = start + Stretch;
        while (state != Dead)
        {
            int symbol = i < text.Length ? classOf[text[i]] : classes;
            int next = table[state + symbol];
            if (next == Unknown) next = Step(ref state, symbol);
            if ((next & MatchedFlag) != 0) last = i;
            if (i >= text.Length) break;
            state = next & ~MatchedFlag;
            i++;
            if (i < pause) continue;
            cancellationToken.ThrowIfCancellationRequested();
            pause = i + Stretch;
        }

        work += i - start + 1;
        return last;
    }

    /// <summary>Reads from <paramref name="start"/> on until a match is known to have ended; the position then read, or -1.</summary>
    public int FindEarliestEnd(ReadOnlySpan<byte> text, int start, CancellationToken cancellationToken)
    {
        int state = StartState(terminator >= 0 && start > 0 && text[start - 1] == terminator
            ? Surroundings.Edge
            : Assertions.LeftOf(text, start, program.Utf8));
        int i = start;
        while (i < text.Length)
        {
            int end = Math.Min(text.Length, i + Stretch);
            while (i < end)
            {
                if (Run(text, ref i, end, ref state)) return i;
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (state == Dead) return -1;
        }

        int final = table[state + classes];
        if (final == Unknown) final = Step(ref state, classes);
        return (final & MatchedFlag) != 0 ? text.Length : -1;
    }

    /// <summary>For a reversed automaton: the smallest position from <paramref name="floor"/> on at which a match begins, or -1.</summary>
    public int FindSmallestStart(ReadOnlySpan<byte> text, int floor, CancellationToken cancellationToken)
    {
        int state = StartState(Surroundings.Edge);
        int smallest = -1;
        int pause = text.Length - Stretch;
        for (int i = text.Length; i >= floor && state != Dead; i--)
        {
            int symbol = i > 0 ? classOf[text[i - 1]] : classes;
            int next = table[state + symbol];
            if (next == Unknown) next = Step(ref state, symbol);
            if ((next & MatchedFlag) != 0) smallest = i;
            state = next & ~MatchedFlag;
            if (i > pause) continue;
            cancellationToken.ThrowIfCancellationRequested();
            pause = i - Stretch;
        }

        return smallest;
    }

    /// <summary>The hot loop. True when a match ended before byte <paramref name="i"/>.</summary>
    private bool Run(ReadOnlySpan<byte> text, ref int i, int end, ref int state)
    {
        ref int cells = ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(table);
        ref byte symbols = ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(classOf);
        ref byte bytes = ref System.Runtime.InteropServices.MemoryMarshal.GetReference(text);
        int current = state;
        int position = i;
        if (current == Dead)
        {
            i = end;
            return false;
        }

        int next = Unknown;
        while (position < end)
        {
            next = Unsafe.Add(ref cells, current + Unsafe.Add(ref symbols, Unsafe.Add(ref bytes, position)));
            if ((uint)(next - 1) >= MatchedFlag - 1) break;
            current = next;
            position++;
        }

        state = current;
        i = position;
        if (position >= end) return false;
        if (next == Unknown) next = Step(ref state, classOf[text[position]]);
        if (next != Dead && (next & MatchedFlag) != 0) return true;
        state = next;
        i = next == Dead ? end : position + 1;
        return false;
    }

    private int StartState(Surroundings left)
    {
        if (!program.HasAssertions) left = Surroundings.None;
        int known = starts[(int)left];
        if (known != Unknown) return known;
        successors.Clear();
        AddTarget(program.Start);
        return starts[(int)left] = Number(left);
    }

    /// <summary>Makes the step that the table does not hold yet. The state may get another number, when all were forgotten.</summary>
    private int Step(ref int state, int symbol)
    {
        if (held > NumbersMax)
        {
            var kept = states[state / stride];
            Forget();
            state = Intern(kept);
        }

        var from = states[state / stride];
        bool ends = symbol == classes || (terminator >= 0 && classOf[(byte)terminator] == symbol);
        var here = ends ? Surroundings.Edge : Assertions.Of(representatives[symbol], program.Utf8);
        var (left, right) = reversed ? (here, from.Behind) : (from.Behind, here);
        bool matched = false;
        closure.Clear();
        successors.Clear();
        foreach (int instruction in from.Instructions) pending.Push(instruction);
        while (pending.TryPop(out int at))
        {
            if (!closure.Add(at)) continue;
            var (operation, x, y) = program.Instructions[at];
            switch (operation)
            {
                case NfaOperation.Match:
                    matched = true;
                    break;
                case NfaOperation.Split:
                    pending.Push(x);
                    pending.Push(y);
                    break;
                case NfaOperation.Save:
                    pending.Push(x);
                    break;
                case NfaOperation.Assert when Assertions.Hold((AssertionKind)y, left, right, program.Multiline):
                    pending.Push(x);
                    break;
                case NfaOperation.Bytes when !ends && program.Sets[y].Contains(representatives[symbol]):
                    successors.Add(x);
                    break;
            }
        }

        var targets = successors.Members.ToArray();
        successors.Clear();
        foreach (int target in targets) AddTarget(target);
        if (unanchored && symbol != classes) AddTarget(program.Start);
        int next = successors.Count == 0 ? Dead : Number(program.HasAssertions ? here : Surroundings.None);
        if (matched) next = next == Dead ? Dead | MatchedFlag : next | MatchedFlag;
        table[state + symbol] = next;
        return next;
    }

    /// <summary>Adds an instruction, or those it leads to when it only branches.</summary>
    private void AddTarget(int target)
    {
        closure.Clear();
        pending.Push(target);
        while (pending.TryPop(out int at))
        {
            if (!closure.Add(at)) continue;
            var (operation, x, y) = program.Instructions[at];
            switch (operation)
            {
                case NfaOperation.Split:
                    pending.Push(x);
                    pending.Push(y);
                    break;
                case NfaOperation.Save:
                    pending.Push(x);
                    break;
                default:
                    successors.Add(at);
                    break;
            }
        }
    }

    private int Number(Surroundings behind)
    {
        int[] members = successors.Members.ToArray();
        Array.Sort(members);
        return Intern(new State(members, behind));
    }

    private int Intern(State state)
    {
        if (numbers.TryGetValue(state, out int offset)) return offset;
        offset = states.Count * stride;
        states.Add(state);
        numbers[state] = offset;
        if (offset + stride > table.Length) Array.Resize(ref table, Math.Max(table.Length * 2, offset + stride));
        table.AsSpan(offset, stride).Clear();
        held += stride + state.Instructions.Length + 16;
        return offset;
    }

    private void Forget()
    {
        states.Clear();
        numbers.Clear();
        Array.Clear(starts);
        held = 0;
        // Offset 0 is the number that says "unknown", so no real state may have it.
        states.Add(new State([], Surroundings.None));
    }

    private byte[] Classify()
    {
        var labels = new int[256];
        int count = 1;
        void Refine(Func<int, bool> member)
        {
            var renamed = new Dictionary<(int, bool), int>();
            for (int b = 0; b < 256; b++)
            {
                var key = (labels[b], member(b));
                if (!renamed.TryGetValue(key, out int label)) renamed[key] = label = renamed.Count;
                labels[b] = label;
            }

            count = renamed.Count;
        }

        foreach (var set in program.Sets) Refine(b => set.Contains(b));
        if (terminator >= 0) Refine(b => b == terminator);
        if (program.HasAssertions) Refine(b => (Assertions.Of((byte)b, program.Utf8) & Surroundings.Newline) != 0);
        if (program.HasAssertions) Refine(b => (Assertions.Of((byte)b, program.Utf8) & Surroundings.Word) != 0);
        byte[] firsts = new byte[count];
        for (int b = 255; b >= 0; b--)
        {
            classOf[b] = (byte)labels[b];
            firsts[labels[b]] = (byte)b;
        }

        return firsts;
    }

    private readonly struct State(int[] instructions, Surroundings behind) : IEquatable<State>
    {
        public readonly int[] Instructions = instructions;
        public readonly Surroundings Behind = behind;

        public bool Equals(State other) => Behind == other.Behind && Instructions.AsSpan().SequenceEqual(other.Instructions);

        public override bool Equals(object? obj) => obj is State other && Equals(other);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            hash.Add((int)Behind);
            hash.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(Instructions.AsSpan()));
            return hash.ToHashCode();
        }
    }
}
