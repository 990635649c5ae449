using Offstage.AcpAgent;
using Offstage.Processes.JsonRpc;

if (args is ["--version"])
{
    Console.WriteLine("1.0.0");
    return 0;
}

await using var input = Console.OpenStandardInput();
await using var output = Console.OpenStandardOutput();
await using var connection = new JsonRpcConnection(input, output);
var home = Environment.GetEnvironmentVariable("HOME") ?? Path.GetTempPath();
await new Agent(connection, Path.Combine(home, ".acp-agent")).RunAsync();

// The reader of standard input may hold a thread for ever; leaving must not wait for it.
Environment.Exit(0);
return 0;
