using Offstage.Contracts;
using Offstage.Terminal;
using Spectre.Console;

namespace Offstage.Following;

/// <summary>Asks the person at the terminal what an agent asks.</summary>
internal sealed class RequestAsker(Screen screen)
{
    private const string Approve = "Approve";
    private const string ApproveForSession = "Approve, and the like of it for this session";
    private const string Decline = "Decline";
    private const string Otherwise = "Something else…";

    /// <returns>Null when the asking ended without an answer: the request is over, or the person stops the turn.</returns>
    public async Task<RequestAnswer?> AskAsync(RequestBody body, CancellationToken cancellationToken)
    {
        // Reading keys blocks a thread; the stream goes on meanwhile.
        await Task.Yield();
        screen.Flush();
        try
        {
            return body is RequestBody.Questions questions
                ? await AskQuestionsAsync(questions, cancellationToken)
                : await ChooseAsync("", [Approve, ApproveForSession, Decline], cancellationToken) switch
                {
                    Approve => new RequestAnswer.Approve(),
                    ApproveForSession => new RequestAnswer.Approve(ForSession: true),
                    _ => new RequestAnswer.Decline(),
                };
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static async Task<RequestAnswer> AskQuestionsAsync(RequestBody.Questions questions, CancellationToken cancellationToken)
    {
        var answers = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var question in questions.Items)
            answers[question.Id] = await AskAsync(question, cancellationToken);
        return new RequestAnswer.Answers(answers);
    }

    private static async Task<IReadOnlyList<string>> AskAsync(Question question, CancellationToken cancellationToken)
    {
        string title = Markup.Escape(CleanText.OneLine(question.Text, 2000));
        if (question.Options.Count == 0)
            return [await TypeAsync(title, question.Secret, cancellationToken)];
        if (question.AllowsMany)
        {
            var many = new MultiSelectionPrompt<string> { Title = title, Converter = Show }.AddChoices(question.Options.Select(o => o.Label));
            return await many.ShowAsync(AnsiConsole.Console, cancellationToken);
        }

        string one = await ChooseAsync(title, [.. question.Options.Select(o => o.Label), Otherwise], cancellationToken);
        return [one == Otherwise ? await TypeAsync(title, question.Secret, cancellationToken) : one];
    }

    private static Task<string> ChooseAsync(string title, IReadOnlyList<string> choices, CancellationToken cancellationToken)
    {
        var prompt = new SelectionPrompt<string> { Title = title.Length > 0 ? title : null, Converter = Show };
        prompt.AddChoices(choices);
        return prompt.ShowAsync(AnsiConsole.Console, cancellationToken);
    }

    private static Task<string> TypeAsync(string title, bool secret, CancellationToken cancellationToken)
    {
        var prompt = new TextPrompt<string>(title + " >");
        return (secret ? prompt.Secret() : prompt).ShowAsync(AnsiConsole.Console, cancellationToken);
    }

    private static string Show(string label) => Markup.Escape(CleanText.OneLine(label));
}
