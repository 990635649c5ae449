using Offstage.Processes.JsonRpc;
using Offstage.ScriptAgent;

if (args is ["--version"])
{
    Console.WriteLine(Agent.Version);
    return 0;
}

if (args.Length > 0)
{
    Console.Error.WriteLine(Agent.Description);
    Console.Error.WriteLine("It speaks JSON-RPC over standard input and output and takes no arguments but --version.");
    return 64;
}

var warmup = Task.Run(Warmup.Run);
await using var input = Console.OpenStandardInput();
await using var output = Console.OpenStandardOutput();
await using var connection = new JsonRpcConnection(input, output);
var home = Environment.GetEnvironmentVariable("HOME") ?? Path.GetTempPath();
using var agent = new Agent(connection, new ConversationStore(Path.Combine(home, ".offstage-script")), TimeProvider.System);
await agent.RunAsync();
await warmup;

// The reader of standard input may hold a thread for ever; leaving must not wait for it.
Environment.Exit(0);
return 0;
