using Offstage.Contracts;

namespace Offstage.Terminal;

/// <summary>What an agent asks of a person, in words.</summary>
internal static class RequestText
{
    public static IEnumerable<string> Of(RequestBody body)
    {
        switch (body)
        {
            case RequestBody.ApproveCommand c:
                yield return "? The agent asks to run:";
                foreach (string line in CleanText.Of(c.CommandLine).Split('\n'))
                    yield return "    " + line;
                if (c.Reason is { Length: > 0 })
                    yield return "  because: " + CleanText.OneLine(c.Reason, 1000);
                break;
            case RequestBody.ApproveFileChange f:
                yield return "? The agent asks to change:";
                foreach (var file in f.Files)
                    yield return $"    {file.Kind,-6} {CleanText.OneLine(file.Path)}";
                if (f.Reason is { Length: > 0 })
                    yield return "  because: " + CleanText.OneLine(f.Reason, 1000);
                break;
            case RequestBody.ApprovePermissions p:
                yield return "? The agent asks for permission: " + CleanText.OneLine(p.Detail, 1000);
                if (p.Reason is { Length: > 0 })
                    yield return "  because: " + CleanText.OneLine(p.Reason, 1000);
                break;
            case RequestBody.Questions q:
                foreach (var question in q.Items)
                {
                    yield return "? " + CleanText.OneLine(question.Text, 2000);
                    foreach (var option in question.Options)
                        yield return $"    - {CleanText.OneLine(option.Label)}{(option.Description is { } d ? "  " + CleanText.OneLine(d) : "")}";
                }

                break;
        }
    }

    public static string Of(RequestAnswer answer) => answer switch
    {
        RequestAnswer.Approve { ForSession: true } => "approved for the session",
        RequestAnswer.Approve => "approved",
        RequestAnswer.Decline => "declined",
        RequestAnswer.Cancel => "declined, and the turn stopped",
        RequestAnswer.Answers answers => "answered: " + CleanText.OneLine(string.Join("; ", answers.ByQuestion.Values.Select(v => string.Join(", ", v)))),
        _ => "answered",
    };

    /// <summary>The commands that answer it.</summary>
    public static string HowToAnswer(RequestBody body, SessionId session) => body is RequestBody.Questions
        ? $"offstage answer {Client.SessionFinder.ShortOf(session)} --text \"…\""
        : $"offstage answer {Client.SessionFinder.ShortOf(session)} --approve | --for-session | --decline";
}
