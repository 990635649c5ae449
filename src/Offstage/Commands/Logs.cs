using System.CommandLine;
using System.Text.Json;
using Offstage.Client;
using Offstage.Contracts;
using Offstage.Following;
using Offstage.Sessions.Api;
using Offstage.Terminal;

namespace Offstage.Commands;

/// <summary><c>offstage logs ID</c>: what happened so far, and with <c>-f</c> what follows.</summary>
internal static class LogsCommand
{
    private const int PageSize = 500;

    public static Command Make()
    {
        var session = SessionFinder.Argument();
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what follows, until Ctrl-C." };
        var after = new Option<long>("--after") { Description = "Only events after this sequence.", HelpName = "N", DefaultValueFactory = _ => 0 };
        var command = new Command("logs", "Show what a session did, and with -f what it does.") { session, follow, after }.With("""
            offstage logs last
            offstage logs last -f --json
            """);
        command.Run(async (parsed, environment, interrupts) =>
        {
            await using var server = await ServerLink.OpenAsync(environment, agent: "script", interrupts.First);
            var id = await SessionFinder.FindAsync(server.Api, parsed.GetRequiredValue(session), interrupts.First);
            var begin = new EventSequence(parsed.GetValue(after));
            if (!parsed.GetValue(follow))
                return await ReadAsync(environment, server, id, begin, interrupts.First);
            if (!server.IsOwn)
                return await FollowAsync(environment, server, id, begin, interrupts.First);

            await ReadAsync(environment, server, id, begin, interrupts.First);
            environment.Screen.Note("No server is running, so nothing follows. 'offstage up' starts one.");
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<int> ReadAsync(
        CommandEnvironment environment, ServerLink server, SessionId session, EventSequence after, CancellationToken cancellationToken)
    {
        var transcript = new Transcript(environment.Screen);
        for (EventSequence? next = after; next is { } from;)
        {
            var page = await server.Api.GetAsync(
                $"v1/sessions/{session.Value}/events?after={from}&limit={PageSize}", ClientJson.Default.EventPage, cancellationToken);
            foreach (JsonElement item in page.Value.Events)
                Show(environment.Screen, transcript, EventFeed.ReadPaged(session, item));
            environment.Screen.Flush();
            next = page.Value.Next;
        }

        return ExitCodes.Done;
    }

    private static async Task<int> FollowAsync(
        CommandEnvironment environment, ServerLink server, SessionId session, EventSequence after, CancellationToken cancellationToken)
    {
        var screen = environment.Screen;
        var transcript = new Transcript(screen);
        var feed = new EventFeed(server.Api, lost => screen.Note(lost ? "The connection to the server is gone; looking for it." : "The server is back."));
        try
        {
            await foreach (var batch in feed.FollowAsync(session, after, live: true, cancellationToken))
            {
                foreach (var message in batch)
                    Show(screen, transcript, message);
                screen.Flush();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The person has seen enough.
        }

        return ExitCodes.Done;
    }

    private static void Show(Screen screen, Transcript transcript, FeedMessage message)
    {
        if (screen.Json)
        {
            screen.WriteLine(message.Json);
            return;
        }

        transcript.Show(message);
        if (message is FeedMessage.Durable { Event.Body: SessionEventBody.TurnEnded ended })
        {
            transcript.Gap();
            transcript.Line(Painted(screen, ended.Outcome));
        }
    }

    private static string Painted(Screen screen, TurnOutcome outcome) => outcome switch
    {
        TurnOutcome.Completed => screen.Green($"✓ {Format.Outcome(outcome)}"),
        TurnOutcome.Failed => screen.Red($"✗ {Format.Outcome(outcome)}"),
        _ => screen.Yellow($"■ {Format.Outcome(outcome)}"),
    };
}
