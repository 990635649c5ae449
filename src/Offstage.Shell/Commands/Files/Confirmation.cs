namespace Offstage.Shell.Commands.Files;

/// <summary>Asks before something is overwritten or removed. The answers come from standard input, one a line.</summary>
internal sealed class Confirmation(CommandContext context)
{
    private readonly InputReader answers = context.Reader();

    /// <param name="question">Without the name of the command and the question mark.</param>
    /// <returns>Whether the answer begins with <c>y</c>. The end of the input is a no.</returns>
    public bool Asks(string question)
    {
        context.Output.Flush();
        context.Error.Write($"{context.Name}: {question}? ");
        context.Error.Flush();
        return answers.TryReadLine(out var line, out _) && line is [(byte)'y' or (byte)'Y', ..];
    }
}
