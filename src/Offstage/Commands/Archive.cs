using System.CommandLine;
using Offstage.Client;
using Offstage.Contracts;
using Offstage.Sessions.Api;

namespace Offstage.Commands;

/// <summary><c>offstage archive ID</c> and <c>unarchive</c>.</summary>
internal static class ArchiveCommand
{
    /// <summary>How long the sandbox of an archived session may take to be saved and gone before this command leaves that to the server.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static Command Make()
    {
        var command = new Command("archive", "Save a session's work, end its agent, let its sandbox go.").With("offstage archive last");
        command.RunWithSession(async (_, environment, server, session, cancellationToken) =>
        {
            var archived = await server.Api.PostAsync($"v1/sessions/{session.Value}/archive", ClientJson.Default.SessionView, cancellationToken);
            if (server.IsOwn)
                await server.WaitUntilAsync(Limit, over => IsCleanAsync(server, session, over), cancellationToken);
            environment.Screen.WriteLine(environment.Json ? archived.Json : $"Archived. The branch and the conversation are kept: offstage unarchive {SessionFinder.ShortOf(session)}");
            return ExitCodes.Done;
        });
        return command;
    }

    public static Command MakeUnarchive()
    {
        var command = new Command("unarchive", "Take an archived session up again.").With("offstage unarchive last");
        command.RunWithSession(async (_, environment, server, session, cancellationToken) =>
        {
            var back = await server.Api.PostAsync($"v1/sessions/{session.Value}/unarchive", ClientJson.Default.SessionView, cancellationToken);
            environment.Screen.WriteLine(environment.Json ? back.Json : $"Back. Go on: offstage prompt {SessionFinder.ShortOf(session)} \"…\"");
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>Every sandbox that was let go is gone: our own server does not leave half of it for the next one.</summary>
    private static async Task<bool> IsCleanAsync(ServerLink server, SessionId session, CancellationToken cancellationToken)
    {
        var released = new HashSet<SandboxId>();
        for (EventSequence? next = EventSequence.None; next is { } from;)
        {
            var page = (await server.Api.GetAsync($"v1/sessions/{session.Value}/events?after={from}&limit=1000", ClientJson.Default.EventPage, cancellationToken)).Value;
            foreach (var body in page.Events.Select(e => EventFeed.ReadPaged(session, e).Event.Body))
            {
                if (body is SessionEventBody.SandboxReleased gone)
                    released.Add(gone.Sandbox);
                else if (body is SessionEventBody.SandboxDestroyed destroyed)
                    released.Remove(destroyed.Sandbox);
            }

            next = page.Next;
        }

        return released.Count == 0;
    }
}
