using Offstage.Shell.Execution;

namespace Offstage.Shell.Commands;

/// <summary><c>bash</c> and <c>sh</c>: a fresh shell over the same files.</summary>
internal sealed class ShellCommand(string name) : ICommand
{
    public string Name => name;

    public int Run(CommandContext context)
    {
        var options = new List<string>();
        var shopts = new List<string>();
        bool isText = false;
        bool fromInput = false;
        int at = 0;
        IReadOnlyList<string> arguments = context.Arguments;
        for (; at < arguments.Count; at++)
        {
            string argument = arguments[at];
            if (argument is "--" or "-")
            {
                at++;
                break;
            }

            if (argument is "--posix" or "--norc" or "--noprofile" or "--login" or "--verbose")
            {
                if (argument == "--posix")
                    options.Add("posix");
                continue;
            }

            if (argument == "--version")
            {
                context.Output.WriteLine("GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu), as Offstage runs it");
                return 0;
            }

            if (argument.Length < 2 || argument[0] is not ('-' or '+'))
                break;
            if (argument.StartsWith("--", StringComparison.Ordinal))
            {
                context.Complain($"{argument}: invalid option");
                return 2;
            }

            foreach (char letter in argument.AsSpan(1))
            {
                switch (letter)
                {
                    case 'c':
                        isText = true;
                        break;
                    case 's':
                        fromInput = true;
                        break;
                    case 'i' or 'l':
                        break;
                    case 'o' or 'O' when at + 1 < arguments.Count:
                        string option = arguments[++at];
                        if (letter == 'o' ? !ShellOptionSet.IsSetName(option) : !ShellOptionSet.IsShoptName(option))
                        {
                            context.Complain($"{option}: invalid {(letter == 'o' ? "" : "shell ")}option name");
                            return 2;
                        }

                        (letter == 'o' ? options : shopts).Add(option);
                        break;
                    default:
                        string? named = ShellOptionSet.SetNames.FirstOrDefault(n => n.Letter == letter).Name;
                        if (named is null)
                        {
                            context.Complain($"-{letter}: invalid option");
                            return 2;
                        }

                        options.Add(named);
                        break;
                }
            }
        }

        ShellProcess process = context.Process ?? throw new InvalidOperationException("A shell runs only within a shell.");
        if (isText)
        {
            if (at == arguments.Count)
            {
                context.Complain("-c: option requires an argument");
                return 2;
            }

            return process.RunShell(new ShellStart
            {
                Text = arguments[at],
                Name = at + 1 < arguments.Count ? arguments[at + 1] : context.Name,
                Positional = [.. arguments.Skip(at + 2)],
                Environment = context.Environment,
                Options = options,
                ShoptOptions = shopts,
            });
        }

        if (at == arguments.Count || fromInput)
            return RunInput(context, process, [.. arguments.Skip(at)], options, shopts);
        string path = arguments[at];
        FileError error = process.ReadFile(context.Resolve(path), out string text);
        if (error != FileError.None)
        {
            context.Complain($"{path}: {error.Message()}");
            return error == FileError.NotFound ? 127 : 126;
        }

        return process.RunShell(new ShellStart
        {
            Text = text,
            Name = path,
            ScriptPath = path,
            Positional = [.. arguments.Skip(at + 1)],
            Environment = context.Environment,
            Options = options,
            ShoptOptions = shopts,
        });
    }

    private static int RunInput(CommandContext context, ShellProcess process, List<string> positional, List<string> options, List<string> shopts)
    {
        context.Output.Flush();
        return process.RunShell(new ShellStart
        {
            Input = context.StandardInput.Share(),
            Name = context.Name,
            ScriptPath = context.Name,
            Positional = positional,
            Environment = context.Environment,
            Options = options,
            ShoptOptions = shopts,
        });
    }
}
