using System.CommandLine;
using Offstage.Client;
using Offstage.Sessions.Api;

namespace Offstage.Commands;

/// <summary><c>offstage stop ID</c>: ends the turn.</summary>
internal static class StopCommand
{
    public static Command Make()
    {
        var command = new Command("stop", "Stop the turn of a session: final at once, forced after a while.").With("offstage stop last");
        command.RunWithSession(async (_, environment, server, session, cancellationToken) =>
        {
            var stopped = await server.Api.PostAsync($"v1/sessions/{session.Value}/interrupt", ClientJson.Default.SessionView, cancellationToken);
            environment.Screen.WriteLine(environment.Json ? stopped.Json : $"{SessionFinder.ShortOf(session)}: {stopped.Value.Explanation.Why}");
            return ExitCodes.Done;
        });
        return command;
    }
}
