using System.CommandLine;
using System.Net;
using Offstage.Client;
using Offstage.Contracts;
using Offstage.Sessions.Api;

namespace Offstage.Commands;

/// <summary><c>offstage delete ID --yes</c>: for good.</summary>
internal static class DeleteCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static Command Make()
    {
        var yes = new Option<bool>("--yes") { Description = "Really: nothing brings it back." };
        var command = new Command("delete", "Delete a session for good: agent, sandbox, events, checkpoints.") { yes }.With("offstage delete k3v9 --yes");
        command.RunWithSession(async (parsed, environment, server, session, cancellationToken) =>
        {
            if (!parsed.GetValue(yes))
                throw CommandException.Usage("not_confirmed", $"This deletes {session} for good. Say so with --yes; 'offstage archive' keeps the work.");
            await server.Api.DeleteAsync($"v1/sessions/{session.Value}", cancellationToken);
            bool gone = await server.WaitUntilAsync(Limit, over => IsGoneAsync(server, session, over), cancellationToken);
            if (environment.Json)
                environment.Screen.WriteLine($$"""{"kind":"deleted","sessionId":"{{session}}","gone":{{(gone ? "true" : "false")}}}""");
            else
                environment.Screen.WriteLine(gone ? $"Deleted {session}." : $"{session} is being deleted; the server goes on with it.");
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<bool> IsGoneAsync(ServerLink server, SessionId session, CancellationToken cancellationToken)
    {
        try
        {
            await server.Api.GetAsync($"v1/sessions/{session.Value}", ClientJson.Default.SessionView, cancellationToken);
            return false;
        }
        catch (ApiException gone) when (gone.Status == HttpStatusCode.NotFound)
        {
            return true;
        }
    }
}
