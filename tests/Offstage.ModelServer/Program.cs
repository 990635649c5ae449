using Offstage.ModelServer;

// Offstage.ModelServer [port]: a model endpoint on loopback until Ctrl+C or the end of standard input's owner.
var port = args is [var text] && int.TryParse(text, out var number) ? number : 0;
await using var server = await FakeModelServer.StartAsync(port);
Console.WriteLine(server.BaseUrl);
var stopped = new TaskCompletionSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stopped.TrySetResult();
};
using var terminated = System.Runtime.InteropServices.PosixSignalRegistration.Create(
    System.Runtime.InteropServices.PosixSignal.SIGTERM, signal =>
    {
        signal.Cancel = true;
        stopped.TrySetResult();
    });
await stopped.Task;
