using Offstage.Bench;
using Offstage.Bench.Servers;
using Offstage.Bench.Sessions;
using Offstage.Bench.Shells;

return args switch
{
    ["sql"] or ["events"] => await SqlBench.RunAsync(),
    ["create"] => await RequestBench.CreateAsync(),
    ["prompt"] => await RequestBench.PromptAsync(),
    ["turn"] => await TurnBench.RunAsync(),
    ["fanout"] => await FanoutBench.RunAsync(),
    ["agent"] => await AgentBench.RunAsync(),
    ["ingest"] => await IngestBench.RunAsync(),
    ["codex"] => await CodexBench.RunAsync(),
    ["shell"] => await ShellBench.RunAsync(""),
    ["shell", "cancel", .. var only] => CancellationBench.Run(only.FirstOrDefault() ?? ""),
    ["shell", var only] => await ShellBench.RunAsync(only),
    ["start"] => await StartBench.RunAsync(),

    // Processes of their own that the rows above start.
    ["serve", var home] => await MeasuredServers.ServeAsync(home),
    ["hello"] => await MeasuredServers.HelloAsync(),
    ["subscribe", var url, var token, var session, var count] => await FanoutSubscribers.RunAsync(new Uri(url), token, session, int.Parse(count)),

    // As Codex is called, when it stands in for it.
    ["app-server", ..] => await CodexReplay.RunAsync(),
    ["--version"] => Version(),
    _ => Usage(),
};

static int Version()
{
    Console.WriteLine("codex-cli 0.169.0");
    return 0;
}

static int Usage()
{
    Console.Error.WriteLine("usage: Offstage.Bench sql|events|create|prompt|turn|fanout|agent|ingest|codex|start|shell [CASE]|shell cancel [PART]");
    return 2;
}
