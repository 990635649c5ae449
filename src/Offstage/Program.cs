using Offstage.Contracts;
using Offstage.Server;

var environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
    .ToDictionary(e => (string)e.Key, e => (string)(e.Value ?? ""));
await using var server = await OffstageServer.StartAsync(
    new ServerOptions
    {
        Home = environment["OFFSTAGE_HOME"],
        Port = int.Parse(environment.GetValueOrDefault("OFFSTAGE_PORT", "0")),
        Database = environment.GetValueOrDefault("OFFSTAGE_DATABASE"),
        Person = new Person("a", "b@c"),
        Environment = environment,
        PathFolders = environment["PATH"].Split(':'),
        TimeProvider = TimeProvider.System,
    },
    CancellationToken.None);
Console.WriteLine(server.Url);
await server.Stopped;
