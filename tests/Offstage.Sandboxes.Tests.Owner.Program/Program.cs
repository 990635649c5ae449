using Offstage.Contracts;
using Offstage.Git;
using Offstage.Processes;
using Offstage.Sandboxes;

// Owns a driver with one sandbox and one process in it, says so, and waits to be killed.
// Arguments: folder, sandbox id, session id, isolation.
string folder = args[0];
SandboxId sandbox = new(args[1]);
using ProcessHost host = new();
ProcessSandboxDriver driver = new(
    new ProcessSandboxOptions
    {
        RootFolder = Path.Combine(folder, "sandboxes"),
        Git = new GitOptions { CacheFolder = Path.Combine(folder, "clones") },
    },
    host,
    TimeProvider.System);
await driver.CreateAsync(
    sandbox,
    new SandboxSpec
    {
        Session = new SessionId(args[2]),
        Workspace = new WorkspaceSource.Empty(),
        Isolation = Enum.Parse<Isolation>(args[3]),
        Network = NetworkAccess.None,
    },
    CancellationToken.None);
await using ISandboxProcess process = await driver.StartProcessAsync(
    sandbox,
    new ProcessSpec { Command = ["/bin/sh", "-c", "trap '' TERM HUP; setsid sleep 600 & (sleep 600 &) ; echo ready; sleep 600"] },
    CancellationToken.None);
byte[] ready = new byte[5];
await process.StandardOutput.ReadExactlyAsync(ready);
Console.WriteLine("ready");
await process.Exited;
