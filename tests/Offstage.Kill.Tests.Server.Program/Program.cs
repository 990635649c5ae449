using System.Collections;
using System.Runtime.InteropServices;
using Offstage.Contracts;
using Offstage.Server;

// The real server, run from OFFSTAGE_HOME, OFFSTAGE_PORT and OFFSTAGE_DATABASE. Says its address when it is ready. Ends on
// SIGTERM, and when standard input ends: whoever started it is gone then, and nobody would end it.
var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string)(e.Value ?? ""));
await using var server = await OffstageServer.StartAsync(
    new ServerOptions
    {
        Home = environment["OFFSTAGE_HOME"],
        Port = int.Parse(environment.GetValueOrDefault("OFFSTAGE_PORT", "0")),
        Database = environment.GetValueOrDefault("OFFSTAGE_DATABASE"),
        DefaultAgent = "script",
        Person = new Person("Kill Test", "kill@test.invalid"),
        Environment = environment,
        PathFolders = environment["PATH"].Split(':'),
        TimeProvider = TimeProvider.System,
    },
    CancellationToken.None);
var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
using var onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
{
    signal.Cancel = true;
    told.TrySetResult();
});
Console.WriteLine($"ready {server.Url}");
await Task.WhenAny(told.Task, Task.Run(() => Console.In.ReadToEnd()));
