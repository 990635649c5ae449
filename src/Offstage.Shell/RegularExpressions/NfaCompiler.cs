using System.Runtime.InteropServices;

namespace Offstage.Shell.RegularExpressions;

/// <summary>Makes the automaton of a tree. It is built from its end, so that every part knows where to go on.</summary>
internal sealed class NfaCompiler
{
    /// <summary>Instructions of one program. Repetitions are written out, so a short pattern can ask for many.</summary>
    private const int InstructionsMax = 200_000;

    private readonly List<NfaInstruction> instructions = [];
    private readonly Dictionary<ByteSet, int> sets = [];
    private readonly Dictionary<(int Set, int Next), int> steps = [];
    private readonly bool utf8;
    private readonly bool reversed;
    private readonly NfaUse use;
    private bool hasAssertions;

    private NfaCompiler(bool utf8, NfaUse use)
    {
        this.utf8 = utf8;
        this.use = use;
        reversed = use == NfaUse.ReverseSearch;
    }

    public static NfaProgram Compile(RegexNode node, PosixRegexOptions options, NfaUse use)
    {
        bool utf8 = (options & PosixRegexOptions.Utf8) != 0;
        var compiler = new NfaCompiler(utf8, use);
        int start = compiler.Emit(node, compiler.Add(NfaOperation.Match, 0, 0));
        return new(
            [.. compiler.instructions],
            [.. compiler.sets.OrderBy(s => s.Value).Select(s => s.Key)],
            start,
            compiler.hasAssertions,
            (options & PosixRegexOptions.Multiline) != 0,
            utf8);
    }

    private int Add(NfaOperation operation, int x, int y)
    {
        if (instructions.Count >= InstructionsMax) throw PosixRegexException.TooBig();
        instructions.Add(new(operation, x, y));
        return instructions.Count - 1;
    }

    private int Emit(RegexNode node, int next)
    {
        switch (node)
        {
            case RegexNode.Set(var characters):
                return EmitSet(characters, next);
            case RegexNode.Sequence(var parts):
                for (int i = 0; i < parts.Count; i++) next = Emit(parts[reversed ? i : parts.Count - 1 - i], next);
                return next;
            case RegexNode.Alternation(var choices):
                int entry = Emit(choices[^1], next);
                for (int i = choices.Count - 2; i >= 0; i--) entry = Add(NfaOperation.Split, Emit(choices[i], next), entry);
                return entry;
            case RegexNode.Repeat(var body, var min, var max):
                return EmitRepeat(body, min, max, next);
            case RegexNode.Capture(var index, var body):
                if (use != NfaUse.Captures) return Emit(body, next);
                int close = Add(NfaOperation.Save, next, (2 * index) + 1);
                return Add(NfaOperation.Save, Emit(body, close), 2 * index);
            case RegexNode.Assertion(var kind):
                hasAssertions = true;
                return Add(NfaOperation.Assert, next, (int)kind);
            case RegexNode.BackReference(var index):
                // A search takes anything for it: what it finds is a candidate, which the backtracker then tries.
                return use == NfaUse.Captures ? Add(NfaOperation.BackReference, next, index) : EmitStar(AnyByte, next);
            default:
                return next;
        }
    }

    private static readonly Func<NfaCompiler, int, int> AnyByte = (compiler, next) => compiler.Step(ByteSet.Range(0, 255), next);

    private int EmitStar(Func<NfaCompiler, int, int> body, int next)
    {
        int split = Add(NfaOperation.Split, 0, next);
        CollectionsMarshal.AsSpan(instructions)[split] = new(NfaOperation.Split, body(this, split), next);
        return split;
    }

    private int EmitRepeat(RegexNode body, int min, int max, int next)
    {
        if (max < 0)
        {
            int split = Add(NfaOperation.Split, 0, next);
            int entry = Emit(body, split);
            CollectionsMarshal.AsSpan(instructions)[split] = new(NfaOperation.Split, entry, next);
            // x+ enters its loop through the body; x* may pass it by.
            next = min == 0 ? split : entry;
            min--;
        }
        else
        {
            int end = next;
            for (int i = min; i < max; i++) next = Add(NfaOperation.Split, Emit(body, next), end);
        }

        for (int i = 0; i < min; i++) next = Emit(body, next);
        return next;
    }

    private int EmitSet(CharacterSet characters, int next)
    {
        if (!utf8)
        {
            var set = default(ByteSet);
            foreach (var (first, last) in characters.Ranges)
            {
                if (first < 256) set |= ByteSet.Range(first, Math.Min(last, 255));
            }

            return Step(set, next);
        }

        var sequences = new List<(byte Low, byte High)[]>();
        foreach (var (first, last) in characters.Ranges) Utf8Sequences.Split(first, last, sequences);
        // Steps that end alike are shared, and the alternatives of one lead to the same place become one set.
        var entries = new Dictionary<int, ByteSet>();
        foreach (var sequence in sequences)
        {
            int target = next;
            for (int i = sequence.Length - 1; i > 0; i--)
            {
                var (low, high) = sequence[reversed ? sequence.Length - 1 - i : i];
                target = Step(ByteSet.Range(low, high), target);
            }

            var (headLow, headHigh) = sequence[reversed ? ^1 : 0];
            entries[target] = entries.GetValueOrDefault(target) | ByteSet.Range(headLow, headHigh);
        }

        if (entries.Count == 0) return Step(default, next);
        int chosen = -1;
        foreach (var (target, set) in entries)
        {
            int step = Step(set, target);
            chosen = chosen < 0 ? step : Add(NfaOperation.Split, step, chosen);
        }

        return chosen;
    }

    private int Step(ByteSet set, int next)
    {
        if (!sets.TryGetValue(set, out int index)) sets[set] = index = sets.Count;
        if (steps.TryGetValue((index, next), out int known)) return known;
        return steps[(index, next)] = Add(NfaOperation.Bytes, next, index);
    }
}

internal enum NfaUse
{
    Search,

    /// <summary>Reads the text from its end.</summary>
    ReverseSearch,

    /// <summary>Keeps groups and back-references, for the backtracker.</summary>
    Captures,
}
