using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Offstage.Client;
using Offstage.Following;
using Offstage.Server;
using Offstage.Server.Hosting;

namespace Offstage.Commands;

/// <summary><c>offstage up</c>: serves until told to stop.</summary>
internal static class UpCommand
{
    private const int PortDefault = 7717;

    public static Command Make()
    {
        var port = new Option<int?>("--port") { Description = $"Port to listen on; 0 takes a free one. Default: OFFSTAGE_PORT, or {PortDefault}." };
        var host = new Option<string>("--host") { Description = "Address to bind. Anything but loopback lets others in.", DefaultValueFactory = _ => "127.0.0.1" };
        var command = new Command("up", "Serve: sessions go on without a terminal, until Ctrl-C or SIGTERM.") { port, host }.With("""
            offstage up
            OFFSTAGE_HOME=/srv/offstage offstage up --port 8080
            """);
        command.Aliases.Add("serve");
        command.Run((parsed, environment, interrupts) => ServeAsync(
            environment, interrupts, parsed.GetValue(port) ?? PortOf(environment), parsed.GetRequiredValue(host)));
        return command;
    }

    private static async Task<int> ServeAsync(CommandEnvironment environment, Interrupts interrupts, int port, string host)
    {
        var server = await StartAsync(environment, port, host, interrupts.First);
        try
        {
            Announce(environment, server, host);
            await Task.WhenAny(server.Stopped, interrupts.First.WhenCancelled());
            environment.Screen.Note("Stopping. Again leaves at once.");
        }
        finally
        {
            await Task.WhenAny(server.DisposeAsync().AsTask(), interrupts.Second.WhenCancelled());
        }

        // What is not stopped yet ends with the process, sandboxes included.
        if (interrupts.Second.IsCancellationRequested)
            Environment.Exit(ExitCodes.Failed);
        return ExitCodes.Done;
    }

    private static async Task<OffstageServer> StartAsync(CommandEnvironment environment, int port, string host, CancellationToken cancellationToken)
    {
        if (host != "localhost" && !System.Net.IPAddress.TryParse(host, out _))
            throw CommandException.Usage("invalid_host", $"'{host}' is no address to bind: give an IP address, or localhost.");
        if (port is < 0 or > 65_535)
            throw CommandException.Usage("invalid_port", $"{port} is no port: give one from 0 to 65535.");
        try
        {
            return await OffstageServer.StartAsync(
                new ServerOptions
                {
                    Home = environment.Home,
                    Port = port,
                    Host = host,
                    Database = environment.Value("OFFSTAGE_DATABASE"),
                    Person = await GitPerson.FindAsync(environment, cancellationToken),
                    Environment = environment.Variables,
                    PathFolders = environment.PathFolders,
                    RawEventRetention = RawEventRetentionOf(environment),
                    TimeProvider = environment.TimeProvider,
                },
                cancellationToken);
        }
        catch (HomeInUseException)
        {
            string where = ServerAddress.Read(environment.Home) is { } address ? $", at {address.Url}" : "";
            throw new CommandException(
                "home_in_use", $"Another Offstage server holds {environment.Home} already{where}. Use it, stop it, or choose another OFFSTAGE_HOME.");
        }
        catch (IOException taken) when (taken.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new CommandException("port_in_use", $"Port {port} is taken by another program. Choose another with --port; 0 takes a free one.");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException or InvalidDataException)
        {
            throw new CommandException("start_failed", $"The server could not start in {environment.Home}: {e.Message}");
        }
    }

    private static void Announce(CommandEnvironment environment, OffstageServer server, string host)
    {
        string url = server.Url.ToString().TrimEnd('/');
        string tokenFile = HomeFolder.TokenFile(environment.Home);
        var screen = environment.Screen;
        if (environment.Json)
        {
            screen.WriteLine(JsonSerializer.Serialize(new Serving("serving", url, environment.Home, tokenFile), UpJson.Default.Serving));
        }
        else
        {
            screen.WriteLine($"Offstage serves {screen.Bold(url)}");
            screen.WriteLine($"  token  {tokenFile}");
            screen.WriteLine($"  store  {(environment.Value("OFFSTAGE_DATABASE") is null ? "SQLite, " + Path.Combine(environment.Home, "offstage.db") : "PostgreSQL")}");
            screen.WriteLine(screen.Dim("  Commands on this machine find it by themselves. Ctrl-C stops it."));
        }

        screen.Flush();
        if (host != "localhost" && !System.Net.IPAddress.IsLoopback(System.Net.IPAddress.Parse(host)))
            screen.Note($"Others can reach this server at {url}: whoever has the token runs commands here, and the connection is not encrypted.");
    }

    private static TimeSpan RawEventRetentionOf(CommandEnvironment environment) => environment.Value("OFFSTAGE_RAW_EVENT_DAYS") switch
    {
        null => ServerOptions.RawEventRetentionDefault,
        var text when int.TryParse(text, out int days) && days is >= 0 and <= 36_500 => TimeSpan.FromDays(days),
        var text => throw CommandException.Usage("invalid_retention", $"OFFSTAGE_RAW_EVENT_DAYS is '{text}': give whole days, 0 to 36500."),
    };

    private static int PortOf(CommandEnvironment environment) => environment.Value("OFFSTAGE_PORT") switch
    {
        null => PortDefault,
        var text when int.TryParse(text, out int port) => port,
        var text => throw CommandException.Usage("invalid_port", $"OFFSTAGE_PORT is '{text}', which is no port."),
    };
}

/// <param name="Kind">Always <c>serving</c>.</param>
internal sealed record Serving(string Kind, string Url, string Home, string TokenFile);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Serving))]
internal sealed partial class UpJson : JsonSerializerContext;
