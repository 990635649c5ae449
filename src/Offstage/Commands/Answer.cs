using System.CommandLine;
using Offstage.Client;
using Offstage.Contracts;
using Offstage.Sessions.Api;
using Offstage.Terminal;

namespace Offstage.Commands;

/// <summary><c>offstage answer ID [REQUEST]</c>: what an agent waits for.</summary>
internal static class AnswerCommand
{
    public static Command Make()
    {
        var request = new Argument<string?>("REQUEST") { Description = "Id of the request, or its end. Not needed when one is open.", Arity = ArgumentArity.ZeroOrOne };
        var approve = new Option<bool>("--approve") { Description = "Yes, this once." };
        var forSession = new Option<bool>("--for-session") { Description = "Yes, and the like of it for this session." };
        var decline = new Option<bool>("--decline") { Description = "No." };
        var cancel = new Option<bool>("--cancel") { Description = "No, and stop the turn." };
        var text = new Option<string[]>("--text") { Description = "The answer to a question; once for each, in their order, or as ID=ANSWER.", HelpName = "ANSWER" };
        var command = new Command("answer", "Answer what an agent waits for.") { request, approve, forSession, decline, cancel, text }.With("""
            offstage answer last --approve
            offstage answer k3v9 --text "use the second one"
            """);
        command.RunWithSession(async (parsed, environment, server, session, cancellationToken) =>
        {
            string[] texts = parsed.GetValue(text) ?? [];
            int given = (parsed.GetValue(approve) ? 1 : 0) + (parsed.GetValue(forSession) ? 1 : 0) + (parsed.GetValue(decline) ? 1 : 0) + (parsed.GetValue(cancel) ? 1 : 0) + (texts.Length > 0 ? 1 : 0);
            if (given != 1)
                throw CommandException.Usage("usage", "Say one of --approve, --for-session, --decline, --cancel or --text.");
            var view = (await server.Api.GetAsync($"v1/sessions/{session.Value}", ClientJson.Default.SessionView, cancellationToken)).Value;
            var open = Choose(view, parsed.GetValue(request), server.IsOwn);
            RequestAnswer answer = texts.Length > 0
                ? Answers(open.Body, texts)
                : parsed.GetValue(cancel) ? new RequestAnswer.Cancel() : parsed.GetValue(decline) ? new RequestAnswer.Decline() : new RequestAnswer.Approve(parsed.GetValue(forSession));
            var body = new AnswerBody { Answer = answer, Author = await GitPerson.FindAsync(environment, cancellationToken) };
            var answered = await server.Api.PostAsync(
                $"v1/sessions/{session.Value}/requests/{open.Id.Value}/answer", body, ClientJson.Default.AnswerBody, ClientJson.Default.SessionView,
                withKey: false, cancellationToken);
            environment.Screen.WriteLine(environment.Json
                ? answered.Json
                : $"{char.ToUpperInvariant(RequestText.Of(answer)[0])}{RequestText.Of(answer)[1..]}. Watch it: offstage logs {SessionFinder.ShortOf(session)} -f");
            return ExitCodes.Done;
        });
        return command;
    }

    private static RequestView Choose(SessionView view, string? given, bool ownServer)
    {
        var open = view.Requests.Where(r => given is null || r.Id.Value == given || (given.Length >= 4 && r.Id.Value.EndsWith(given, StringComparison.Ordinal))).ToList();
        return open switch
        {
            [var one] => one,
            [] when ownServer => throw new CommandException(
                "request_not_open", "No request is open: no server is running, and an agent waits only as long as its server does."),
            [] => throw new CommandException("request_not_open", given is null ? "No request of this session is open." : $"There is no open request '{given}' in this session."),
            _ => throw CommandException.Usage(
                "request_ambiguous", $"{open.Count} requests are open; name one: {string.Join(", ", open.Select(r => r.Id.Value))}."),
        };
    }

    private static RequestAnswer.Answers Answers(RequestBody body, string[] texts)
    {
        if (body is not RequestBody.Questions { Items: var questions })
            throw CommandException.Usage("answer_does_not_fit", "This request wants --approve, --for-session or --decline.");
        var answers = new Dictionary<string, IReadOnlyList<string>>();
        var inOrder = new Queue<string>(questions.Select(q => q.Id));
        foreach (string text in texts)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            bool named = equals > 0 && questions.Any(q => q.Id == text[..equals]);
            if (!named && inOrder.Count == 0)
                throw CommandException.Usage("answer_does_not_fit", $"There {(questions.Count == 1 ? "is one question" : $"are {questions.Count} questions")} and more answers.");
            string id = named ? text[..equals] : inOrder.Dequeue();
            answers[id] = [named ? text[(equals + 1)..] : text];
        }

        return new RequestAnswer.Answers(answers);
    }
}
