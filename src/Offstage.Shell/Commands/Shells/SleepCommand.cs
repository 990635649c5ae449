namespace Offstage.Shell.Commands;

internal sealed class SleepCommand : ICommand
{
    private static readonly OptionTable Options = new("sleep NUMBER[SUFFIX]...", "Pause for NUMBER seconds, or by SUFFIX 's', 'm', 'h' or 'd'.");

    public string Name => "sleep";

    public int Run(CommandContext context)
    {
        if (Options.Parse(context, out int status) is not { } options)
            return status;
        if (options.Operands.Count == 0)
        {
            context.Complain("missing operand");
            context.Error.WriteLine("Try 'sleep --help' for more information.");
            return 1;
        }

        TimeSpan total = TimeSpan.Zero;
        foreach (string operand in options.Operands)
        {
            if (DurationText.Parse(operand) is not { } duration)
            {
                context.Complain($"invalid time interval '{operand}'");
                context.Error.WriteLine("Try 'sleep --help' for more information.");
                return 1;
            }

            total += duration;
        }

        using var over = new ManualResetEventSlim();
        using ITimer timer = context.Time.CreateTimer(static e => ((ManualResetEventSlim)e!).Set(), over, total, Timeout.InfiniteTimeSpan);
        context.Interruption.Wait(over, Timeout.InfiniteTimeSpan);
        return 0;
    }
}
