using System.CommandLine;
using Offstage.Client;
using Offstage.Sessions.Api;
using Offstage.Terminal;

namespace Offstage.Commands;

/// <summary><c>offstage sessions</c>: the list, newest first.</summary>
internal static class SessionsCommand
{
    private const int Id = 0;
    private const int Status = 1;

    public static Command Make()
    {
        var status = new Option<string[]>("--status")
        {
            Description = "Only these: created, provisioning, running, awaiting_input, stopping, idle, failed, archived.",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "STATUS",
        };
        var limit = new Option<int>("--limit") { Description = "How many at most, to 200.", DefaultValueFactory = _ => 20, HelpName = "N" };
        var command = new Command("sessions", "List sessions, newest first.") { status, limit }.With("""
            offstage sessions
            offstage sessions --status running awaiting_input --limit 50
            """);
        command.RunWithServer(async (parsed, environment, server, cancellationToken) =>
        {
            string filter = string.Concat((parsed.GetValue(status) ?? []).Select(s => $"&status={Uri.EscapeDataString(s)}"));
            var page = await server.Api.GetAsync($"v1/sessions?limit={parsed.GetValue(limit)}{filter}", ClientJson.Default.SessionPage, cancellationToken);
            if (environment.Json)
                environment.Screen.WriteLine(page.Json);
            else
                Write(environment, page.Value);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Write(CommandEnvironment environment, SessionPage page)
    {
        var screen = environment.Screen;
        if (page.Sessions.Count == 0)
        {
            screen.WriteLine("No sessions. 'offstage run' makes one.");
            return;
        }

        var now = environment.TimeProvider.GetUtcNow();
        var columns = new Columns("SESSION", "STATUS", "AGENT", "CHANGED", "REPOSITORY", "TITLE");
        foreach (var s in page.Sessions)
        {
            columns.Add(
                screen.IsTerminal ? SessionFinder.ShortOf(s.Id) : s.Id.Value, s.Status, s.Agent, Format.Ago(now - s.UpdatedAt),
                s.Repository is null ? "-" : Path.GetFileName(s.Repository.TrimEnd('/')), CleanText.OneLine(s.Title ?? "", 120));
        }

        columns.Write(screen, (column, cell) => column switch
        {
            Id => screen.Bold(cell),
            Status => Format.Status(screen, cell),
            _ => cell,
        });
        if (page.Next is not null)
            screen.WriteLine(screen.Dim("There are more: --limit says how many are shown."));
    }
}
