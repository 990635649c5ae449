using System.Text;

namespace Offstage.Shell.RegularExpressions;

/// <summary>The bytes that must stand in every match, which are faster to look for than the pattern.</summary>
/// <param name="Prefix">What every match begins with; may be empty.</param>
/// <param name="Required">The longest run of bytes that every match holds; may be empty.</param>
/// <param name="IsWhole">The pattern is <paramref name="Prefix"/> and nothing else.</param>
/// <param name="StartsText">Every match begins at the start of the text.</param>
internal sealed record LiteralAnalysis(byte[] Prefix, byte[] Required, bool IsWhole, bool StartsText)
{
    public static LiteralAnalysis Of(RegexNode node, PosixRegexOptions options)
    {
        bool utf8 = (options & PosixRegexOptions.Utf8) != 0;
        var run = new List<byte>();
        byte[] prefix = [], required = [];
        bool atStart = true, whole = true;
        void EndRun()
        {
            if (atStart) prefix = [.. run];
            if (run.Count > required.Length) required = [.. run];
            atStart = false;
            run.Clear();
        }

        void Visit(RegexNode part)
        {
            switch (part)
            {
                case RegexNode.Empty:
                    break;
                case RegexNode.Set(var set) when set.Single >= 0 && set.Single < (utf8 ? 0x110000 : 256):
                    Span<byte> bytes = stackalloc byte[4];
                    if (utf8) run.AddRange(bytes[..new Rune(set.Single).EncodeToUtf8(bytes)]);
                    else run.Add((byte)set.Single);
                    break;
                case RegexNode.Sequence(var parts):
                    foreach (var p in parts) Visit(p);
                    break;
                case RegexNode.Capture(_, var body):
                    Visit(body);
                    break;
                case RegexNode.Repeat(var body, >= 1, var max) repeat:
                    whole = false;
                    Visit(body);
                    EndRun();
                    if (repeat.Min > 1 || max == 1) break;
                    break;
                default:
                    whole = false;
                    EndRun();
                    break;
            }
        }

        Visit(node);
        EndRun();
        bool startsText = (options & PosixRegexOptions.Multiline) == 0 && StartsWithAnchor(node);
        return new(prefix, required, whole && prefix.Length > 0, startsText);
    }

    private static bool StartsWithAnchor(RegexNode node) => node switch
    {
        RegexNode.Assertion(AssertionKind.LineStart or AssertionKind.TextStart) => true,
        RegexNode.Sequence(var parts) => parts.Count > 0 && StartsWithAnchor(parts[0]),
        RegexNode.Capture(_, var body) => StartsWithAnchor(body),
        RegexNode.Alternation(var choices) => choices.All(StartsWithAnchor),
        RegexNode.Repeat(var body, >= 1, _) => StartsWithAnchor(body),
        _ => false,
    };
}
