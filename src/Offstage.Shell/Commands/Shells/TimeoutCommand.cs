using Offstage.Shell.Execution;

namespace Offstage.Shell.Commands;

internal sealed class TimeoutCommand : ICommand
{
    private static readonly OptionTable Options = new(
        "timeout [OPTION] DURATION COMMAND [ARG]...",
        "Start COMMAND, and kill it if still running after DURATION.",
        new Option('\0', "preserve-status", "exit with the same status as COMMAND, even when the command times out"),
        new Option('\0', "foreground", "accepted: there is no terminal"),
        new Option('k', "kill-after", "also send a KILL signal after this long", OptionArgument.Required, "DURATION"),
        new Option('s', "signal", "specify the signal to be sent on timeout", OptionArgument.Required, "SIGNAL"),
        new Option('v', "verbose", "diagnose to stderr any signal sent upon timeout"))
    {
        UsageErrorStatus = 125,
        StopsAtOperand = true,
    };

    public string Name => "timeout";

    public int Run(CommandContext context)
    {
        if (Options.Parse(context, out int status) is not { } options)
            return status;
        if (options.Operands.Count < 2)
        {
            context.Complain("missing operand");
            context.Error.WriteLine("Try 'timeout --help' for more information.");
            return 125;
        }

        if (DurationText.Parse(options.Operands[0]) is not { } duration)
        {
            context.Complain($"invalid time interval '{options.Operands[0]}'");
            context.Error.WriteLine("Try 'timeout --help' for more information.");
            return 125;
        }

        int signal = Signals.Terminate;
        if (options.Value('s') is { } named)
        {
            if (Signals.Find(named) is not { } found)
            {
                context.Complain($"'{named}': invalid signal");
                return 125;
            }

            signal = found;
        }

        var interruption = new Interruption(context.Interruption);
        bool timedOut = false;
        using ITimer? timer = duration == TimeSpan.Zero ? null : context.Time.CreateTimer(
            _ =>
            {
                timedOut = true;
                interruption.Kill(signal);
            }, null, duration, Timeout.InfiniteTimeSpan);
        List<string> command = options.Operands.GetRange(1, options.Operands.Count - 1);
        int result = context.Run(new CommandCall(command) { Interruption = interruption });
        if (result == 127)
            context.Complain($"failed to run command '{command[0]}': No such file or directory");
        if (!timedOut)
            return result;
        return options.Has("preserve-status") || signal == Signals.Kill ? result : 124;
    }
}
