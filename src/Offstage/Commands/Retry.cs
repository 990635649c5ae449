using System.CommandLine;
using Offstage.Client;
using Offstage.Following;
using Offstage.Sessions.Api;

namespace Offstage.Commands;

/// <summary><c>offstage retry ID</c>: asks again what failed.</summary>
internal static class RetryCommand
{
    public static Command Make()
    {
        var session = SessionFinder.Argument();
        var follow = new Option<bool>("--follow", "-f") { Description = "Watch the turn to its end. Without a running server this is always so." };
        var command = new Command("retry", "Ask a session again for what failed or was stopped.") { session, follow }.With("offstage retry last --follow");
        command.Run(async (parsed, environment, interrupts) =>
        {
            await using var server = await ServerLink.OpenAsync(environment, agent: "script", interrupts.First);
            var id = await SessionFinder.FindAsync(server.Api, parsed.GetRequiredValue(session), interrupts.First);
            var before = (await server.Api.GetAsync($"v1/sessions/{id.Value}", ClientJson.Default.SessionView, interrupts.First)).Value;
            var asked = await server.Api.PostAsync($"v1/sessions/{id.Value}/retry", ClientJson.Default.SessionView, interrupts.First);
            if ((parsed.GetValue(follow) || server.IsOwn) && asked.Value.Turn is { } turn)
                return await TurnFlow.FollowAsync(environment, server, interrupts, before, turn.PromptId, turn.Id, before.Sequence);
            environment.Screen.WriteLine(environment.Json ? asked.Json : $"Asked again. Watch it: offstage logs {SessionFinder.ShortOf(id)} -f");
            return ExitCodes.Done;
        });
        return command;
    }
}
