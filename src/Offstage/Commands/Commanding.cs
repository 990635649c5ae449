using System.CommandLine;
using Offstage.Client;
using Offstage.Contracts;
using Offstage.Following;

namespace Offstage.Commands;

/// <summary>What most commands begin with: the environment, a server, a session.</summary>
internal static class Commanding
{
    public static void Run(this Command command, Func<ParseResult, CommandEnvironment, Interrupts, Task<int>> action)
        => command.SetAction(async (parsed, _) =>
        {
            using var interrupts = new Interrupts();
            var environment = CommandEnvironment.OfProcess(parsed.GetValue(CommandLine.Json));
            try
            {
                return await action(parsed, environment, interrupts);
            }
            finally
            {
                environment.Screen.Flush();
            }
        });

    /// <summary>With a server: the running one, or a quiet one for the time of the command.</summary>
    public static void RunWithServer(this Command command, Func<ParseResult, CommandEnvironment, ServerLink, CancellationToken, Task<int>> action)
        => command.Run(async (parsed, environment, interrupts) =>
        {
            // Nothing is made by these commands that wants an agent: none is looked for.
            await using var server = await ServerLink.OpenAsync(environment, agent: "script", interrupts.First);
            return await action(parsed, environment, server, interrupts.First);
        });

    /// <summary>As <see cref="RunWithServer"/>, with the session that the first argument names.</summary>
    public static void RunWithSession(
        this Command command, Func<ParseResult, CommandEnvironment, ServerLink, SessionId, CancellationToken, Task<int>> action)
    {
        var session = SessionFinder.Argument();
        command.Arguments.Insert(0, session);
        command.RunWithServer(async (parsed, environment, server, cancellationToken) => await action(
            parsed, environment, server,
            await SessionFinder.FindAsync(server.Api, parsed.GetRequiredValue(session), cancellationToken), cancellationToken));
    }

    /// <summary>Looks again and again until something holds, for as long as a person would wait.</summary>
    /// <returns>Whether it came to hold.</returns>
    public static async Task<bool> WaitUntilAsync(
        this ServerLink server, TimeSpan limit, Func<CancellationToken, Task<bool>> holds, CancellationToken cancellationToken)
    {
        long begun = server.Api.TimeProvider.GetTimestamp();
        while (!await holds(cancellationToken))
        {
            if (server.Api.TimeProvider.GetElapsedTime(begun) > limit)
                return false;
            await Task.Delay(TimeSpan.FromMilliseconds(50), server.Api.TimeProvider, cancellationToken);
        }

        return true;
    }
}
