using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Offstage.Commands;
using Offstage.Server.Hosting;
using Offstage.Shells;

namespace Offstage;

/// <summary>The commands, their help, and what becomes of their errors.</summary>
internal static class CommandLine
{
    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Write JSON for programs instead of text for people.",
        Recursive = true,
    };

    public static async Task<int> RunAsync(string[] args)
    {
        // A task may begin with @: it is never the name of a file with arguments.
        var parsed = Root().Parse(ShArguments.Separate(args), new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            string command = parsed.CommandResult.Command is RootCommand ? "offstage" : $"offstage {parsed.CommandResult.Command.Name}";
            return Refuse(CommandException.Usage("usage", $"{parsed.Errors[0].Message.TrimEnd()} See '{command} --help'."));
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (CommandException refused)
        {
            return Refuse(refused);
        }
        catch (AgentConfigurationException broken)
        {
            return Refuse(new CommandException("agents_config_invalid", broken.Message));
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Failed;
        }
        catch (IOException gone) when (gone.HResult == BrokenPipe)
        {
            // Whoever read our output has seen enough: `offstage logs last | head`.
            return ExitCodes.Failed;
        }
        catch (Exception bug)
        {
            Console.Error.WriteLine($"offstage: This is a bug in Offstage: {bug.Message} [internal_error]\n{bug.StackTrace}");
            return ExitCodes.Failed;
        }
    }

    // EPIPE, as .NET tells it on Unix.
    private const int BrokenPipe = 32;

    private static int Refuse(CommandException refused)
    {
        Console.Error.WriteLine($"offstage: {refused.Message} [{refused.Code}]");
        return refused.ExitCode;
    }

    private static RootCommand Root()
    {
        var root = new RootCommand("Hand tasks to coding agents that work off stage, each in a sandbox of its own.")
        {
            UpCommand.Make(),
            RunCommand.Make(),
            SessionsCommand.Make(),
            ShowCommand.Make(),
            PromptCommand.Make(),
            ReviewCommand.Make(),
            LogsCommand.Make(),
            AnswerCommand.Make(),
            AcceptCommand.Make(),
            StopCommand.Make(),
            DiffCommand.Make(),
            RevertCommand.Make(),
            CompareCommand.Make(),
            CompareCommand.MakeKeep(),
            RetryCommand.Make(),
            ForkCommand.Make(),
            ArchiveCommand.Make(),
            ArchiveCommand.MakeUnarchive(),
            DeleteCommand.Make(),
            DeadCommand.Make(),
            ShCommand.Make(),
            DoctorCommand.Make(),
        };
        root.Options.Add(Json);
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        root.SetAction(parsed => new HelpWithExamples(new HelpAction()).Invoke(parsed));
        return root;
    }

    /// <summary>The usual help, then examples and exit codes.</summary>
    private sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            usual.Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine(Examples.Of(parseResult.CommandResult.Command));
            return ExitCodes.Done;
        }
    }
}
