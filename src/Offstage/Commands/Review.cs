using System.CommandLine;
using Offstage.Client;
using Offstage.Contracts;
using Offstage.Sessions.Api;

namespace Offstage.Commands;

/// <summary><c>offstage review ID</c>: has an agent look over changes, by its own reviewer where it has one.</summary>
internal static class ReviewCommand
{
    public static Command Make()
    {
        var session = SessionFinder.Argument();
        var focus = new Argument<string?>("TEXT") { Description = "What to look at in particular.", Arity = ArgumentArity.ZeroOrOne };
        var since = new Option<string?>("--since") { Description = "Only what differs from this branch, tag or commit. Default: all that the session changed.", HelpName = "REF" };
        var commit = new Option<string?>("--commit") { Description = "Only what this commit changed.", HelpName = "COMMIT" };
        var uncommitted = new Option<bool>("--uncommitted") { Description = "Only what is not committed." };
        var agent = new Option<string?>("--agent") { Description = "Another agent from here on; it is told the conversation so far.", HelpName = "NAME" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Watch the turn to its end. Without a running server this is always so." };
        var command = new Command("review", "Have an agent review what was changed.") { session, focus, since, commit, uncommitted, agent, follow }.With("""
            offstage review last -f
            offstage review last --agent codex "above all the error paths" -f
            """);
        command.Validators.Add(result =>
        {
            if (new[] { result.GetResult(since) is not null, result.GetResult(commit) is not null, result.GetValue(uncommitted) }.Count(given => given) > 1)
                result.AddError("Only one of --since, --commit and --uncommitted.");
        });
        command.Run(async (parsed, environment, interrupts) =>
        {
            var body = new PromptBody
            {
                Text = parsed.GetValue(focus),
                Review = (parsed.GetValue(since), parsed.GetValue(commit), parsed.GetValue(uncommitted)) switch
                {
                    ({ } from, _, _) => new ReviewTarget.Since(from),
                    (_, { } one, _) => new ReviewTarget.Commit(one),
                    (_, _, true) => new ReviewTarget.Uncommitted(),
                    _ => new ReviewTarget.Session(),
                },
                Agent = parsed.GetValue(agent),
                Author = await GitPerson.FindAsync(environment, interrupts.First),
            };
            await using var server = await ServerLink.OpenAsync(environment, agent: "script", interrupts.First);
            var id = await SessionFinder.FindAsync(server.Api, parsed.GetRequiredValue(session), interrupts.First);
            return await PromptCommand.AskAsync(environment, server, interrupts, id, body, parsed.GetValue(follow));
        });
        return command;
    }
}
