using System.CommandLine;
using Offstage.Client;
using Offstage.Contracts;
using Offstage.Following;
using Offstage.Sessions.Api;

namespace Offstage.Commands;

/// <summary><c>offstage accept ID</c>: has the plan that the last turn ended with carried out.</summary>
internal static class AcceptCommand
{
    public static Command Make()
    {
        var session = SessionFinder.Argument();
        var mode = new Option<string?>("--mode") { Description = "How much the agent may do in carrying it out. Default: auto.", HelpName = string.Join('|', ModeOption.Names) };
        mode.AcceptOnlyFromAmong(ModeOption.Names);
        var agent = new Option<string?>("--agent") { Description = "Another agent carries it out.", HelpName = "NAME" };
        var remarks = new Option<string?>("--remarks") { Description = "What to heed in doing so.", HelpName = "TEXT" };
        var command = new Command("accept", "Accept the plan that the last turn ended with, and watch it carried out.") { session, mode, agent, remarks }.With("""
            offstage run --mode plan "move the parser to a library"
            offstage accept last --mode edit
            """);
        command.Run(async (parsed, environment, interrupts) =>
        {
            var body = new AcceptPlanBody
            {
                Mode = ModeOption.Read(parsed.GetValue(mode)),
                Agent = parsed.GetValue(agent),
                Remarks = parsed.GetValue(remarks),
                Author = await GitPerson.FindAsync(environment, interrupts.First),
            };
            await using var server = await ServerLink.OpenAsync(environment, agent: "script", interrupts.First);
            var id = await SessionFinder.FindAsync(server.Api, parsed.GetRequiredValue(session), interrupts.First);
            var before = (await server.Api.GetAsync($"v1/sessions/{id.Value}", ClientJson.Default.SessionView, interrupts.First)).Value;
            var asked = await server.Api.PostAsync(
                $"v1/sessions/{id.Value}/plan/accept", body, ClientJson.Default.AcceptPlanBody, ClientJson.Default.PromptView, withKey: true, interrupts.First);
            return await TurnFlow.FollowAsync(environment, server, interrupts, before, asked.Value.Id, asked.Value.TurnId, before.Sequence);
        });
        return command;
    }
}
