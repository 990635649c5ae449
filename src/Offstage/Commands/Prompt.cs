using System.CommandLine;
using Offstage.Client;
using Offstage.Contracts;
using Offstage.Following;
using Offstage.Sessions.Api;

namespace Offstage.Commands;

/// <summary><c>offstage prompt ID "text"</c>: asks a session for the next thing.</summary>
internal static class PromptCommand
{
    public static Command Make()
    {
        var session = SessionFinder.Argument();
        var text = new Argument<string>("TEXT") { Description = "What is to be done next; '-' reads it from standard input." };
        var follow = new Option<bool>("--follow", "-f") { Description = "Watch the turn to its end. Without a running server this is always so." };
        var model = new Option<string?>("--model") { Description = "Model for this turn.", HelpName = "NAME" };
        var effort = new Option<string?>("--effort") { Description = "Effort for this turn.", HelpName = "NAME" };
        var agent = new Option<string?>("--agent") { Description = "Another agent from here on; it is told the conversation so far.", HelpName = "NAME" };
        var mode = new Option<string?>("--mode") { Description = "How much the agent may do in this turn.", HelpName = string.Join('|', ModeOption.Names) };
        mode.AcceptOnlyFromAmong(ModeOption.Names);
        var steer = new Option<bool>("--steer") { Description = "Add it to the turn that runs, instead of waiting for its end." };
        var images = ImageOption.Make();
        var command = new Command("prompt", "Ask a session for the next thing. It waits its turn.") { session, text, follow, model, effort, agent, mode, steer, images }.With("""
            offstage prompt last "now add a test for it" --follow
            offstage prompt last "make it look like this" --image sketch.png
            """);
        command.Run(async (parsed, environment, interrupts) =>
        {
            string given = parsed.GetRequiredValue(text);
            var body = new PromptBody
            {
                Text = given == "-" ? await Console.In.ReadToEndAsync(interrupts.First) : given,
                Model = parsed.GetValue(model),
                Effort = parsed.GetValue(effort),
                Agent = parsed.GetValue(agent),
                Mode = ModeOption.Read(parsed.GetValue(mode)),
                Steer = parsed.GetValue(steer),
                Attachments = await ImageOption.ReadAsync(parsed.GetValue(images), interrupts.First),
                Author = await GitPerson.FindAsync(environment, interrupts.First),
            };
            await using var server = await ServerLink.OpenAsync(environment, agent: "script", interrupts.First);
            var id = await SessionFinder.FindAsync(server.Api, parsed.GetRequiredValue(session), interrupts.First);
            return await AskAsync(environment, server, interrupts, id, body, parsed.GetValue(follow));
        });
        return command;
    }

    internal static async Task<int> AskAsync(
        CommandEnvironment environment, ServerLink server, Interrupts interrupts, SessionId session, PromptBody body, bool follow)
    {
        var before = (await server.Api.GetAsync($"v1/sessions/{session.Value}", ClientJson.Default.SessionView, interrupts.First)).Value;
        var asked = await server.Api.PostAsync(
            $"v1/sessions/{session.Value}/prompts", body, ClientJson.Default.PromptBody, ClientJson.Default.PromptView, withKey: true, interrupts.First);
        bool steers = body.Steer && asked.Value.Position is null;
        if (!steers && (follow || server.IsOwn))
            return await TurnFlow.FollowAsync(environment, server, interrupts, before, asked.Value.Id, asked.Value.TurnId, before.Sequence);

        if (environment.Json)
            environment.Screen.WriteLine(asked.Json);
        else
            environment.Screen.WriteLine(steers ? $"Added to the turn that runs. Watch it: offstage logs {SessionFinder.ShortOf(session)} -f" : asked.Value.Position is > 0 and var place
                ? $"Queued as number {place}. Watch it: offstage logs {SessionFinder.ShortOf(session)} -f"
                : $"Begun. Watch it: offstage logs {SessionFinder.ShortOf(session)} -f");
        return ExitCodes.Done;
    }
}
