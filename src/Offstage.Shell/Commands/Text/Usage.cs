namespace Offstage.Shell.Commands.Text;

/// <summary>The answers to a call that is wrong.</summary>
internal static class Usage
{
    /// <summary>Complains, and points to <c>--help</c>.</summary>
    /// <returns>The status.</returns>
    public static int Error(CommandContext context, string message, int status = 1)
    {
        context.Complain(message);
        context.Error.WriteLine($"Try '{context.Name} --help' for more information.");
        context.Error.Flush();
        return status;
    }

    public static int MissingOperand(CommandContext context) => Error(context, "missing operand");

    public static int MissingOperandAfter(CommandContext context, string operand) => Error(context, $"missing operand after {Latin.Quote(operand)}");

    public static int ExtraOperand(CommandContext context, string operand) => Error(context, $"extra operand {Latin.Quote(operand)}");
}
