using System.CommandLine;
using Offstage.Client;
using Offstage.Sessions.Api;
using Offstage.Terminal;

namespace Offstage.Commands;

/// <summary><c>offstage dead</c>: effects that were given up, and having them tried again.</summary>
internal static class DeadCommand
{
    public static Command Make()
    {
        var list = new Command("list", "List effects that were given up.").With("offstage dead list");
        list.RunWithServer(ListAsync);
        var effect = new Argument<string>("EFFECT") { Description = "Id of the effect, from the list." };
        var retry = new Command("retry", "Have an effect tried again.") { effect }.With("offstage dead retry ses_….12.0");
        retry.RunWithServer(async (parsed, environment, server, cancellationToken) =>
        {
            string id = parsed.GetRequiredValue(effect);
            await server.Api.PostAsync($"v1/effects/{Uri.EscapeDataString(id)}/retry", ClientJson.Default.JsonElement, cancellationToken);
            environment.Screen.WriteLine(environment.Json ? """{"kind":"retried"}""" : "It is tried again.");
            return ExitCodes.Done;
        });
        var command = new Command("dead", "Effects that were given up after many attempts: list them, have them tried again.") { list, retry }.With("""
            offstage dead
            offstage dead retry ses_….12.0
            """);
        command.RunWithServer(ListAsync);
        return command;
    }

    private static async Task<int> ListAsync(ParseResult parsed, CommandEnvironment environment, ServerLink server, CancellationToken cancellationToken)
    {
        var page = await server.Api.GetAsync("v1/effects/dead", ClientJson.Default.DeadEffectPage, cancellationToken);
        var screen = environment.Screen;
        if (environment.Json)
        {
            screen.WriteLine(page.Json);
            return ExitCodes.Done;
        }

        if (page.Value.Effects.Count == 0)
        {
            screen.WriteLine("Nothing was given up.");
            return ExitCodes.Done;
        }

        var columns = new Columns("EFFECT", "KIND", "ATTEMPTS", "ERROR");
        foreach (var dead in page.Value.Effects)
            columns.Add(dead.Id.Value, dead.Kind, dead.Attempts.ToString(System.Globalization.CultureInfo.InvariantCulture), CleanText.OneLine(dead.Error, 300));
        columns.Write(screen, (_, cell) => cell);
        return ExitCodes.Done;
    }
}
