using System.Buffers;

namespace Offstage.Shell.RegularExpressions;

/// <summary>
/// A POSIX regular expression over bytes: of the matches that begin first, the longest. Time is linear in the text, whatever the
/// pattern, except with back-references, whose search is bounded in steps.
/// </summary>
/// <remarks>Keeps what it learns while it reads, so one instance is for one thread at a time.</remarks>
internal sealed class PosixRegex
{
    private readonly RegexNode tree;
    private readonly PosixRegexOptions options;
    private readonly bool hasBackReference;
    private readonly LiteralAnalysis literals;
    private readonly NfaProgram search;
    private readonly SearchValues<byte>? firstBytes;
    private LazyDfa? anchored;
    private LazyDfa? floating;
    private LazyDfa? reversed;
    private LazyDfa? lines;
    private int linesTerminator = -1;
    private Backtracker? backtracker;

    private PosixRegex(RegexNode tree, int groupCount, bool hasBackReference, IReadOnlyList<string> warnings, PosixRegexOptions options)
    {
        this.tree = tree;
        this.options = options;
        this.hasBackReference = hasBackReference;
        GroupCount = groupCount;
        Warnings = warnings;
        literals = LiteralAnalysis.Of(tree, options);
        search = NfaCompiler.Compile(tree, options, NfaUse.Search);
        if (FirstBytes.Of(search) is { } set)
        {
            byte[] members = set.ToArray();
            if (members.Length < 200) firstBytes = SearchValues.Create(members);
        }
    }

    /// <summary>Groups of the pattern, without the whole match.</summary>
    public int GroupCount { get; }

    public IReadOnlyList<string> Warnings { get; }

    private LazyDfa Anchored => anchored ??= new LazyDfa(search, unanchored: false);

    private LazyDfa Floating => floating ??= new LazyDfa(search, unanchored: true);

    private LazyDfa Reversed => reversed ??= new LazyDfa(NfaCompiler.Compile(tree, options, NfaUse.ReverseSearch), unanchored: true, reversed: true);

    private Backtracker Captures => backtracker ??= new Backtracker(NfaCompiler.Compile(tree, options, NfaUse.Captures), GroupCount);

    /// <exception cref="PosixRegexException">The pattern is none, or is too big.</exception>
    public static PosixRegex Compile(ReadOnlySpan<byte> pattern, RegexSyntax syntax, PosixRegexOptions options = PosixRegexOptions.None)
    {
        var parser = new RegexParser(pattern, syntax, options);
        var tree = parser.Parse();
        return new(tree, parser.GroupCount, parser.HasBackReference, parser.Warnings, options);
    }

    /// <summary>Makes one expression that matches where any of several does.</summary>
    /// <param name="before">Must hold before the match; null for nothing.</param>
    /// <param name="after">Must hold after the match; null for nothing.</param>
    public static PosixRegex CompileAny(
        IReadOnlyList<byte[]> patterns, RegexSyntax syntax, PosixRegexOptions options, AssertionKind? before = null, AssertionKind? after = null)
    {
        var choices = new List<RegexNode>();
        var warnings = new List<string>();
        int groups = 0;
        bool hasBackReference = false;
        foreach (byte[] pattern in patterns)
        {
            var parser = new RegexParser(pattern, syntax, options, groups);
            choices.Add(parser.Parse());
            groups = parser.GroupCount;
            hasBackReference |= parser.HasBackReference;
            warnings.AddRange(parser.Warnings);
        }

        var tree = choices.Count == 1 ? choices[0] : new RegexNode.Alternation(choices);
        if (before is { } left) tree = new RegexNode.Sequence([new RegexNode.Assertion(left), tree]);
        if (after is { } right) tree = new RegexNode.Sequence([tree, new RegexNode.Assertion(right)]);
        return new(tree, groups, hasBackReference, warnings, options);
    }

    public bool IsMatch(ReadOnlySpan<byte> text, CancellationToken cancellationToken = default)
    {
        if (literals.Required.Length > 0)
        {
            if (text.IndexOf(literals.Required) < 0) return false;
            if (literals.IsWhole) return true;
        }

        if (hasBackReference) return Match(text, 0, [], cancellationToken);
        return (literals.StartsText ? Anchored : Floating).FindEarliestEnd(text, 0, cancellationToken) >= 0;
    }

    /// <summary>Finds the first line that matches, without taking the buffer apart.</summary>
    /// <param name="start">The start of a line.</param>
    /// <returns>A position in that line, its terminator included; the length of the buffer stands for an unterminated last line. -1 when there is none.</returns>
    public int FindLine(ReadOnlySpan<byte> buffer, int start, byte terminator, CancellationToken cancellationToken = default)
    {
        if (literals.IsWhole && !literals.Prefix.Contains(terminator))
        {
            int found = buffer[start..].IndexOf(literals.Prefix);
            return found < 0 ? -1 : start + found;
        }

        if (literals.Required.Length < 2 && !hasBackReference)
        {
            if (lines is null || linesTerminator != terminator) lines = new LazyDfa(search, unanchored: true, terminator: terminator);
            linesTerminator = terminator;
            return lines.FindEarliestEnd(buffer, start, cancellationToken);
        }

        while (start < buffer.Length)
        {
            int candidate = start;
            if (literals.Required.Length > 0)
            {
                int found = buffer[start..].IndexOf(literals.Required);
                if (found < 0) return -1;
                candidate = start + found;
            }

            int lineStart = start + buffer[start..candidate].LastIndexOf(terminator) + 1;
            int length = buffer[candidate..].IndexOf(terminator);
            int lineEnd = length < 0 ? buffer.Length : candidate + length;
            if (IsMatch(buffer[lineStart..lineEnd], cancellationToken)) return candidate;
            start = lineEnd + 1;
        }

        return -1;
    }

    /// <summary>Finds the leftmost longest match that begins at <paramref name="start"/> or after it.</summary>
    /// <param name="start">What stands before it counts as context for <c>^</c> and <c>\b</c>.</param>
    /// <param name="groups">Filled from the whole match on, as far as it reaches.</param>
    /// <exception cref="PosixRegexException">The search took more than its bound.</exception>
    public bool Match(ReadOnlySpan<byte> text, int start, Span<Group> groups, CancellationToken cancellationToken = default)
    {
        long work = 0;
        long workMax = (8L * (text.Length - start)) + 256;
        for (int at = start; at <= text.Length; at++)
        {
            at = NextCandidate(text, at);
            if (at < 0 || (literals.StartsText && at > 0)) return false;
            if (hasBackReference)
            {
                if (at == start && Floating.FindEarliestEnd(text, start, cancellationToken) < 0) return false;
                if (Captures.LongestFrom(text, at, (options & PosixRegexOptions.IgnoreCase) != 0, groups, cancellationToken) >= 0) return true;
                continue;
            }

            int end = literals.IsWhole ? at + literals.Prefix.Length : Anchored.LongestFrom(text, at, ref work, cancellationToken);
            if (end < 0 && work > workMax)
            {
                // Trying one start after the other has read the text several times over: read it once from its end instead.
                at = Reversed.FindSmallestStart(text, at + 1, cancellationToken);
                if (at < 0) return false;
                end = Anchored.LongestFrom(text, at, ref work, cancellationToken);
            }

            if (end < 0) continue;
            if (groups.Length > 1 && GroupCount > 0) Captures.Groups(text, at, end, groups, cancellationToken);
            else if (groups.Length > 0) groups[0] = new Group(at, end);
            if (GroupCount == 0 && groups.Length > 1) groups[1..].Fill(Group.Absent);
            return true;
        }

        return false;
    }

    private int NextCandidate(ReadOnlySpan<byte> text, int at)
    {
        if (literals.StartsText) return at;
        int found = literals.Prefix.Length > 0 ? text[at..].IndexOf(literals.Prefix)
            : firstBytes is not null ? text[at..].IndexOfAny(firstBytes)
            : 0;
        return found < 0 ? -1 : at + found;
    }
}
