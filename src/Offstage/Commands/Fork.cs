using System.CommandLine;
using Offstage.Client;
using Offstage.Contracts;
using Offstage.Following;
using Offstage.Sessions.Api;

namespace Offstage.Commands;

/// <summary><c>offstage fork ID</c>: a new session that goes on from another one.</summary>
internal static class ForkCommand
{
    public static Command Make()
    {
        var session = SessionFinder.Argument();
        var prompt = new Option<string?>("--prompt") { Description = "What the new session is asked first; it is followed.", HelpName = "TEXT" };
        var title = new Option<string?>("--title") { Description = "Name of the new session.", HelpName = "TEXT" };
        var checkpoint = new Option<int?>("--checkpoint") { Description = "Files as of this checkpoint. Default: the latest.", HelpName = "N" };
        var command = new Command("fork", "Make a new session that goes on from this one's conversation and files.") { session, prompt, title, checkpoint }.With("""
            offstage fork last --prompt "try it with a queue instead"
            """);
        command.Run(async (parsed, environment, interrupts) =>
        {
            var body = new ForkBody { Prompt = parsed.GetValue(prompt), Title = parsed.GetValue(title), Checkpoint = parsed.GetValue(checkpoint) };
            await using var server = await ServerLink.OpenAsync(environment, agent: "script", interrupts.First);
            var id = await SessionFinder.FindAsync(server.Api, parsed.GetRequiredValue(session), interrupts.First);
            var forked = await server.Api.PostAsync(
                $"v1/sessions/{id.Value}/fork", body, ClientJson.Default.ForkBody, ClientJson.Default.SessionView, withKey: true, interrupts.First);
            if (forked.Value.Turn is { } turn)
                return await TurnFlow.FollowAsync(environment, server, interrupts, forked.Value, turn.PromptId, turn.Id, EventSequence.None);
            environment.Screen.WriteLine(environment.Json ? forked.Json : $"{forked.Value.Id}  Go on: offstage prompt {SessionFinder.ShortOf(forked.Value.Id)} \"…\"");
            return ExitCodes.Done;
        });
        return command;
    }
}
