using Offstage.Shell.Execution;
using Offstage.Shell.Syntax;

namespace Offstage.Shell.Expansion;

/// <summary>An arithmetic expression as it stands in a script. One without expansions is parsed once.</summary>
internal sealed class ArithmeticSource(Word word)
{
    private ArithmeticNode? parsed;

    public Word Word => word;

    public string Text => word.Text;

    public bool IsBlank => string.IsNullOrWhiteSpace(word.Text);

    public long Evaluate(ShellProcess process)
    {
        if (parsed is not null)
            return parsed.Evaluate(process, 0);
        if (word.Parts.Length == 0)
            return 0;
        if (word.Parts is [WordPart.Literal only])
            return (parsed = ArithmeticParser.Parse(only.Text)).Evaluate(process, 0);
        return process.Arithmetic.Evaluate(process.Expander.ExpandArithmetic(word));
    }
}
