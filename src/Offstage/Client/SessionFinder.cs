using System.CommandLine;
using Offstage.Contracts;
using Offstage.Sessions.Api;

namespace Offstage.Client;

/// <summary>Finds the session that a person means: by its id, a part of it, or <c>last</c>.</summary>
internal static class SessionFinder
{
    private const string Prefix = "ses_";
    private const int PartLengthMin = 4;
    private const int PageSize = 200;
    private const int PagesMax = 100;

    public static Argument<string> Argument() => new("SESSION")
    {
        Description = "Id of the session, four or more characters of its beginning or end, or 'last'.",
    };

    /// <summary>How a session is named to people: long enough to be the only one.</summary>
    public static string ShortOf(SessionId session) => session.Value[^8..];

    public static async Task<SessionId> FindAsync(ApiClient api, string given, CancellationToken cancellationToken)
    {
        string wanted = given.Trim().ToLowerInvariant();
        if (IdSource.IsWellFormed(wanted, Prefix))
            return new SessionId(wanted);
        if (wanted == "last")
        {
            var newest = await ListAsync(api, 1, null, cancellationToken);
            return newest.Sessions.Count > 0
                ? newest.Sessions[0].Id
                : throw new CommandException("session_not_found", "There is no session yet. 'offstage run' makes one.");
        }

        string part = wanted.StartsWith(Prefix, StringComparison.Ordinal) ? wanted[Prefix.Length..] : wanted;
        if (part.Length < PartLengthMin)
            throw CommandException.Usage("session_id_short", $"'{given}' is too short for a session: give at least {PartLengthMin} characters of its id, or 'last'.");
        var found = await MatchAsync(api, part, cancellationToken);
        return found switch
        {
            [] => throw new CommandException("session_not_found", $"There is no session '{given}'. 'offstage sessions' lists them."),
            [var one] => one,
            _ => throw CommandException.Usage(
                "session_ambiguous", $"'{given}' is the beginning or end of several sessions: {string.Join(", ", found.Take(5).Select(s => s.Value))}."),
        };
    }

    private static async Task<List<SessionId>> MatchAsync(ApiClient api, string part, CancellationToken cancellationToken)
    {
        var found = new List<SessionId>();
        string? cursor = null;
        for (int page = 0; page < PagesMax; page++)
        {
            var sessions = await ListAsync(api, PageSize, cursor, cancellationToken);
            found.AddRange(sessions.Sessions.Select(s => s.Id).Where(id =>
                id.Value.AsSpan(Prefix.Length).StartsWith(part, StringComparison.Ordinal) || id.Value.EndsWith(part, StringComparison.Ordinal)));
            if ((cursor = sessions.Next) is null)
                break;
        }

        return found;
    }

    private static async Task<SessionPage> ListAsync(ApiClient api, int limit, string? cursor, CancellationToken cancellationToken)
        => (await api.GetAsync($"v1/sessions?limit={limit}{(cursor is null ? "" : $"&cursor={cursor}")}", ClientJson.Default.SessionPage, cancellationToken)).Value;
}
