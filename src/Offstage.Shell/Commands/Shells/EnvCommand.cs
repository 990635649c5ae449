namespace Offstage.Shell.Commands;

internal sealed class EnvCommand : ICommand
{
    private static readonly OptionTable Options = new(
        "env [OPTION]... [-] [NAME=VALUE]... [COMMAND [ARG]...]",
        "Set each NAME to VALUE in the environment and run COMMAND.",
        new Option('i', "ignore-environment", "start with an empty environment"),
        new Option('0', "null", "end each output line with NUL, not newline"),
        new Option('u', "unset", "remove variable from the environment", OptionArgument.Required, "NAME"),
        new Option('v', "debug", "(ignored)"),
        new Option('C', "chdir", "change working directory to DIR", OptionArgument.Required, "DIR"),
        new Option('S', "split-string", "process and split S into separate arguments", OptionArgument.Required, "S"))
    {
        UsageErrorStatus = 125,
        StopsAtOperand = true,
    };

    public string Name => "env";

    public int Run(CommandContext context)
    {
        IReadOnlyList<string> arguments = context.Arguments;
        if (arguments is ["-S" or "--split-string", var split, ..])
            arguments = [.. EnvWords.Split(split, context.Environment), .. arguments.Skip(2)];
        else if (arguments is [['-', 'S', ..] joined, ..])
            arguments = [.. EnvWords.Split(joined[2..], context.Environment), .. arguments.Skip(1)];
        else if (arguments is [['-', '-', 's', 'p', 'l', 'i', 't', '-', 's', 't', 'r', 'i', 'n', 'g', '=', ..] assigned, ..])
            arguments = [.. EnvWords.Split(assigned["--split-string=".Length..], context.Environment), .. arguments.Skip(1)];
        if (Options.Parse(context, arguments, out int status) is not { } options)
            return status;
        int at = options.Operands is ["-", ..] ? 1 : 0;
        var environment = options.Has('i') || at == 1 ? [] : new Dictionary<string, string>(context.Environment, StringComparer.Ordinal);
        foreach (string name in options.Values('u'))
            environment.Remove(name);
        for (; at < options.Operands.Count && options.Operands[at].IndexOf('=') is >= 0 and var equals; at++)
            environment[options.Operands[at][..equals]] = options.Operands[at][(equals + 1)..];
        if (at == options.Operands.Count)
        {
            foreach ((string name, string value) in environment)
            {
                context.Output.Write($"{name}={value}");
                context.Output.WriteByte(options.Has('0') ? (byte)0 : (byte)'\n');
            }

            return 0;
        }

        string? directory = options.Value('C') is { } chosen ? context.Resolve(chosen) : null;
        if (directory is not null && (context.Files.Stat(directory, true, out FileStatus found) is not FileError.None and var error || !found.IsDirectory && (error = FileError.NotDirectory) != 0))
        {
            context.Complain($"cannot change directory to '{options.Value('C')}': {error.Message()}");
            return 125;
        }

        List<string> command = options.Operands.GetRange(at, options.Operands.Count - at);
        int result = context.Run(new CommandCall(command) { Environment = environment, WorkingDirectory = directory });
        if (result == 127)
            context.Complain($"'{command[0]}': No such file or directory");
        return result;
    }
}
